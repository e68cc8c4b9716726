import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Prints the committed records of topics from their beginning to their present end, one line each: topic, partition, offset, time, key, value, headers, parted by
 * tabs; bytes in Base64, "-" for none. `java -cp 'jars/*' ReadCommitted.java host:port topic ...`
 */
public class ReadCommitted {
  public static void main(String[] args) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", args[0]);
    settings.put("isolation.level", "read_committed");
    settings.put("key.deserializer", ByteArrayDeserializer.class.getName());
    settings.put("value.deserializer", ByteArrayDeserializer.class.getName());
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings)) {
      List<TopicPartition> partitions = new ArrayList<>();
      for (int i = 1; i < args.length; i++) {
        final String topic = args[i];
        consumer.partitionsFor(topic).forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
      }
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      StringBuilder out = new StringBuilder();
      while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.get(one))) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) print(record, out);
        System.out.print(out);
        out.setLength(0);
      }
    }
  }

  private static void print(ConsumerRecord<byte[], byte[]> record, StringBuilder out) {
    out.append(record.topic()).append('\t').append(record.partition()).append('\t').append(record.offset());
    out.append('\t').append(record.timestamp()).append('\t').append(text(record.key())).append('\t').append(text(record.value())).append('\t');
    for (Header header : record.headers()) out.append(header.key()).append('=').append(text(header.value())).append(',');
    out.append('\n');
  }

  private static String text(byte[] bytes) {
    return bytes == null ? "-" : Base64.getEncoder().encodeToString(bytes);
  }
}
