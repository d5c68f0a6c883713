import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

public class App {
    private static final String TABLE = "create table if not exists guest (number serial, name text)";
    private static final String LATEST = "select name from guest order by number desc limit 1";

    public static void main(String[] args) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(8080), 0);
        server.createContext("/", exchange -> {
            int status = 200;
            String text;
            try {
                text = "Hello, " + latestGuest() + "!";
            } catch (SQLException error) {
                status = 500;
                text = "no answer from the database: " + error.getMessage();
            }
            byte[] body = text.getBytes();
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    private static String latestGuest() throws SQLException {
        String url = "jdbc:postgresql://" + System.getenv("DATABASE_HOST") + "/app";
        String password = System.getenv("DATABASE_PASSWORD");
        try (Connection connection = DriverManager.getConnection(url, "app", password);
                Statement statement = connection.createStatement()) {
            statement.execute(TABLE);
            var rows = statement.executeQuery(LATEST);
            return rows.next() ? rows.getString(1) : "nobody";
        }
    }
}
