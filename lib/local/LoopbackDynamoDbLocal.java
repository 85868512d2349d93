import java.io.File;
import java.lang.reflect.Field;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;

/**
 * Starts DynamoDB Local on 127.0.0.1 only. By itself it listens on all interfaces and has no option for it,
 * so this sets the host of its Jetty connectors before they open.
 *
 * Arguments: the path of DynamoDBLocal.jar, then the arguments of DynamoDB Local. Java compiles this file at
 * each start, so the jar stays off the class path and is reached by reflection: the compiler would otherwise
 * open all its 120 libraries, which costs more than compiling.
 */
public class LoopbackDynamoDbLocal {
  public static void main(String[] args) throws Exception {
    URL jar = new File(args[0]).toURI().toURL();
    ClassLoader loader = new URLClassLoader(new URL[] {jar}, ClassLoader.getPlatformClassLoader());
    Thread.currentThread().setContextClassLoader(loader);

    Object dynamoDb = loader.loadClass("software.amazon.dynamodb.services.local.main.ServerRunner")
        .getMethod("createServerFromCommandLineArgs", String[].class)
        .invoke(null, (Object) Arrays.copyOfRange(args, 1, args.length));

    Field field = dynamoDb.getClass().getDeclaredField("server");
    field.setAccessible(true);
    Object jetty = field.get(dynamoDb);
    for (Object connector : (Object[]) jetty.getClass().getMethod("getConnectors").invoke(jetty)) {
      connector.getClass().getMethod("setHost", String.class).invoke(connector, "127.0.0.1");
    }
    dynamoDb.getClass().getMethod("start").invoke(dynamoDb);
  }
}
