#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Reads a configuration file from disk, with the process's environment.
package enum SettingsFile {
  package static let maxBytes = 4 << 20

  package static func load(_ path: String) throws(InvalidConfiguration) -> LoadedSettings {
    let data: Data
    do {
      data = try Data(contentsOf: URL(filePath: path))
    } catch {
      throw InvalidConfiguration(
        file: path,
        problems: [
          ConfigurationProblem(key: "(file)", line: nil, message: "cannot be read: it is missing or not readable")
        ])
    }
    guard data.count <= maxBytes, let yaml = String(validating: data, as: UTF8.self) else {
      throw InvalidConfiguration(
        file: path, problems: [ConfigurationProblem(key: "(file)", line: nil, message: "is over 4 MiB or not UTF-8")])
    }
    return try SettingsLoader.load(yaml: yaml, file: path, environment: ProcessInfo.processInfo.environment)
  }
}
