import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes records 0 to n - 1 to partition 0 of a topic: record i has the time 1000 + i, the key "k" and i (none for every fifth), a header "h" with i, and the value "v" and i,
 * ten times over (none for every seventh). `java -cp 'jars/*' WriteRecords.java host:port topic compression n`
 */
public class WriteRecords {
  public static void main(String[] args) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", args[0]);
    settings.put("compression.type", args[2]);
    settings.put("linger.ms", "50");
    settings.put("key.serializer", ByteArraySerializer.class.getName());
    settings.put("value.serializer", ByteArraySerializer.class.getName());
    try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(settings)) {
      for (int i = 0; i < Integer.parseInt(args[3]); i++) {
        byte[] key = i % 5 == 0 ? null : ("k" + i).getBytes();
        byte[] value = i % 7 == 0 ? null : ("v" + i).repeat(10).getBytes();
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(args[1], 0, 1000L + i, key, value);
        record.headers().add("h", String.valueOf(i).getBytes());
        producer.send(record);
      }
    }
  }
}
