import java.io.File;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.table.gateway.SqlGateway;
import org.apache.flink.table.gateway.service.context.DefaultContext;
import org.apache.flink.table.gateway.service.session.SessionManager;

/**
 * A cluster and a SQL Gateway in one JVM: `Witness.java GATEWAY_PORT WORK_FOLDER`. Prints "ready" when the gateway listens, and ends when its standard input
 * does, so that it never outlives who started it.
 */
public class Witness {
  public static void main(String[] args) throws Exception {
    String folder = args[1];
    new File(folder, "tmp").mkdirs();

    Configuration cluster = new Configuration();
    cluster.setString("rest.address", "127.0.0.1");
    cluster.setString("rest.bind-address", "127.0.0.1");
    // Not rest.bind-port: the gateway would inherit it and ask for the same port.
    cluster.setString("rest.port", "0");
    cluster.setString("io.tmp.dirs", folder + "/tmp");
    cluster.setString("taskmanager.memory.network.min", "16mb");
    cluster.setString("taskmanager.memory.network.max", "16mb");
    cluster.setString("taskmanager.memory.managed.size", "64mb");
    FileSystem.initialize(cluster, null);
    MiniCluster mini =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(cluster)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(4)
                .build());
    mini.start();

    Configuration gateway = new Configuration(cluster);
    gateway.setString("execution.target", "remote");
    gateway.setString("rest.port", String.valueOf(mini.getRestAddress().get().getPort()));
    gateway.setString("sql-gateway.endpoint.rest.address", "127.0.0.1");
    gateway.setString("sql-gateway.endpoint.rest.bind-address", "127.0.0.1");
    gateway.setString("sql-gateway.endpoint.rest.port", args[0]);
    gateway.setString("parallelism.default", "1");
    SessionManager sessions = SessionManager.create(new DefaultContext(gateway, List.of()));
    sessions.start();
    new SqlGateway(gateway, sessions).start();
    System.out.println("ready");

    while (System.in.read() != -1) {}
    Runtime.getRuntime().halt(0);
  }
}
