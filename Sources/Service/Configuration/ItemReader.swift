import Yams

/// One mapping of a list, such as an attribute mapping.
struct ItemReader {
  let path: String
  private let node: Node
  private(set) var problems: [ConfigurationProblem] = []
  private(set) var warnings: [ConfigurationProblem] = []
  private var known: Set<String> = []
  private var knownBelow: Set<String> = []

  /// Every key that was asked for, also of items below, as `list[].key`.
  var knownPaths: Set<String> {
    let list = path.replacing(/\[[0-9]+\]/, with: "[]")
    return knownBelow.union(known.map { "\(list).\($0)" })
  }

  init(path: String, node: Node) {
    self.path = path
    self.node = node
    if node.mapping == nil { report("must be a mapping such as {key: value}") }
  }

  mutating func text(_ key: String) -> String? {
    known.insert(key)
    guard let value = node.mapping?[key], !value.isNull else { return nil }
    guard let text = value.scalar?.string else {
      report(key, "must be a single value")
      return nil
    }
    return text
  }

  mutating func requiredText(_ key: String) -> String? {
    guard let text = text(key), !text.isEmpty else {
      if problems.isEmpty { report(key, "is required") }
      return nil
    }
    return text
  }

  mutating func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
    guard let text = text(key) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      report(key, "must be a whole number from \(range.lowerBound) to \(range.upperBound), not '\(text)'")
      return nil
    }
    return number
  }

  mutating func boolean(_ key: String) -> Bool {
    guard let text = text(key) else { return false }
    if text != "true", text != "false" { report(key, "must be true or false, not '\(text)'") }
    return text == "true"
  }

  mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ key: String, default fallback: Choice
  ) -> Choice where Choice.RawValue == String {
    guard let text = text(key) else { return fallback }
    if let choice = Choice(rawValue: text) { return choice }
    report(key, "must be \(Choice.allCases.map(\.rawValue).joined(separator: " or ")), not '\(text)'")
    return fallback
  }

  mutating func minutes(_ key: String) -> Int? {
    guard let text = text(key) else { return nil }
    guard let duration = DurationText.parse(text), duration == .seconds(duration.components.seconds / 60 * 60) else {
      report(key, "must be a duration in whole minutes, such as 5m, not '\(text)'")
      return nil
    }
    return Int(duration.components.seconds / 60)
  }

  mutating func items(_ key: String) -> [ItemReader] {
    known.insert(key)
    guard let sequence = node.mapping?[key]?.sequence else {
      report(key, "must be a list")
      return []
    }
    return sequence.enumerated().map { ItemReader(path: "\(path).\(key)[\($0.offset)]", node: $0.element) }
  }

  mutating func absorb(_ item: ItemReader) {
    problems += item.problems
    warnings += item.warnings
    knownBelow.formUnion(item.knownPaths)
  }

  mutating func report(_ key: String, _ message: String) {
    problems.append(problem(key, message))
  }

  mutating func warn(_ key: String, _ message: String) {
    warnings.append(problem(key, message))
  }

  private func problem(_ key: String, _ message: String) -> ConfigurationProblem {
    let line = node.mapping?[key]?.mark?.line ?? node.mark?.line
    return ConfigurationProblem(key: "\(path).\(key)", line: line, message: message)
  }

  mutating func report(_ message: String) {
    problems.append(ConfigurationProblem(key: path, line: node.mark?.line, message: message))
  }

  mutating func reportUnknownKeys() {
    for (key, _) in node.mapping ?? Node.Mapping([]) {
      guard let name = key.string, !known.contains(name) else { continue }
      let guess = NearestName.of(name, among: known).map { ", did you mean '\($0)'?" } ?? ""
      problems.append(
        ConfigurationProblem(key: "\(path).\(name)", line: key.mark?.line, message: "is not a known key\(guess)"))
    }
  }
}
