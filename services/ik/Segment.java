import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import org.wltea.analyzer.core.IKSegmenter;
import org.wltea.analyzer.core.Lexeme;

/** Reads texts, a line each, and prints for each line its words in smart mode and then, on a line of its own, in max-word mode, parted by tabs. */
public class Segment {
  public static void main(String[] args) throws Exception {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      out.println(words(line, true));
      out.println(words(line, false));
    }
    out.flush();
  }

  private static String words(String text, boolean smart) throws Exception {
    IKSegmenter segmenter = new IKSegmenter(new StringReader(text), smart);
    StringBuilder words = new StringBuilder();
    for (Lexeme word = segmenter.next(); word != null; word = segmenter.next()) {
      if (words.length() > 0) words.append('\t');
      words.append(word.getLexemeText());
    }
    return words.toString();
  }
}
