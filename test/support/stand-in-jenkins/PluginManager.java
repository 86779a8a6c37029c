import java.nio.file.*;
import java.util.*;
import java.util.regex.*;

/** Stands in for Jenkins' plugin manager in tests: takes its options and writes a file for each plugin of the list. */
public class PluginManager {
  public static void main(String[] arguments) throws Exception {
    List<String> options = Arrays.asList(arguments);
    if (!options.contains("--latest=false")) throw new IllegalArgumentException("would not keep to the pinned versions");
    Path directory = Path.of(after(options, "--plugin-download-directory"));
    if (!Files.exists(Path.of(after(options, "--war")))) throw new IllegalArgumentException("there is no war");
    Files.createDirectories(directory);
    String list = Files.readString(Path.of(after(options, "--plugin-file")));
    Matcher plugin = Pattern.compile("artifactId: ([^ ,]+), source: \\{ version: \"([^\"]+)\"").matcher(list);
    while (plugin.find()) Files.writeString(directory.resolve(plugin.group(1) + ".jpi"), plugin.group(2) + "\n");
    Files.writeString(directory.resolve("fetched-from"), System.getenv("JENKINS_UC") + "\n");
  }

  private static String after(List<String> options, String name) {
    return options.get(options.indexOf(name) + 1);
  }
}
