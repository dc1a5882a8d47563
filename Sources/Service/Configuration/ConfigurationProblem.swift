/// One thing that is wrong with a configuration.
package struct ConfigurationProblem: Hashable, Sendable, CustomStringConvertible {
  /// The path of the key, such as `xmatters.url`.
  package var key: String
  /// 1-based; nil when the key is missing or was set by the environment.
  package var line: Int?
  package var message: String

  package var description: String {
    let place = line.map { "line \($0): " } ?? ""
    return "\(place)\(key): \(message)"
  }
}

/// Everything that is wrong with a configuration, at once.
package struct InvalidConfiguration: Error, CustomStringConvertible {
  package var file: String
  package var problems: [ConfigurationProblem]

  package init(file: String, problems: [ConfigurationProblem]) {
    self.file = file
    self.problems = problems
  }

  package var description: String {
    let count = problems.count == 1 ? "1 error" : "\(problems.count) errors"
    return (["\(file): \(count) in the configuration"] + problems.map { "  \($0)" }).joined(separator: "\n")
  }
}
