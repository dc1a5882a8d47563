import ProvisioningModel
import Yams

/// Reads values by path from a YAML tree, overridden by the environment, and collects everything that is wrong instead of stopping at
/// the first. Remembers which keys were asked for, so that the others are errors, and what came out, so that it can be shown.
struct ConfigurationReader {
  private let root: Node?
  private let environment: [String: String]
  private(set) var problems: [ConfigurationProblem] = []
  /// What is valid, but may not do what was meant.
  private(set) var warnings: [ConfigurationProblem] = []
  /// Every key that was asked for; those of list items as `list[].key`.
  private(set) var known: Set<String> = []
  private var sections: Set<String> = []
  private(set) var effective: [(path: String, value: Node)] = []

  init(yaml: String, environment: [String: String]) {
    self.environment = environment
    do {
      root = try Yams.compose(yaml: yaml)
      if let root, root.mapping == nil {
        report("(top level)", root, "must be a mapping of sections such as directory: and xmatters:")
      }
    } catch {
      root = nil
      problems.append(
        ConfigurationProblem(key: "(file)", line: Self.line(of: error), message: "is not YAML: \(Self.text(of: error))")
      )
    }
  }

  // MARK: Scalars

  mutating func text(_ path: String, default fallback: String? = nil) -> String? {
    guard let (text, _) = scalar(path) else {
      if let fallback { show(path, fallback) }
      return fallback
    }
    show(path, text)
    return text
  }

  /// The empty text when it is missing, which has then been reported.
  mutating func requiredText(_ path: String, hint: String) -> String {
    if let text = text(path), !text.isEmpty { return text }
    if !problems.contains(where: { $0.key == path }) {
      problems.append(ConfigurationProblem(key: path, line: nil, message: "is required: \(hint)"))
    }
    return ""
  }

  mutating func integer(_ path: String, default fallback: Int, in range: ClosedRange<Int>) -> Int {
    value(path, default: fallback, "a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
      Int(text).flatMap { range.contains($0) ? $0 : nil }
    }
  }

  mutating func number(_ path: String, default fallback: Double, in range: ClosedRange<Double>) -> Double {
    value(path, default: fallback, "a number from \(range.lowerBound) to \(range.upperBound)") { text in
      Double(text).flatMap { range.contains($0) ? $0 : nil }
    }
  }

  mutating func boolean(_ path: String, default fallback: Bool) -> Bool {
    value(path, default: fallback, "true or false") { text in
      switch text.lowercased() {
      case "true", "yes", "on": true
      case "false", "no", "off": false
      default: nil
      }
    }
  }

  mutating func duration(_ path: String, default fallback: Duration, atLeast minimum: Duration = .zero) -> Duration {
    let bound = minimum == .zero ? "" : ", at least \(DurationText.describe(minimum))"
    return value(path, default: fallback, "a duration such as 500ms, 20m or 24h\(bound)", DurationText.describe) {
      text in
      DurationText.parse(text).flatMap { $0 >= minimum ? $0 : nil }
    }
  }

  /// A day, which begins at midnight in UTC, or a time.
  mutating func moment(_ path: String) -> Timestamp? {
    guard let (text, node) = scalar(path) else { return nil }
    show(path, text)
    if let moment = Timestamp(text) ?? Timestamp(text + "T00:00:00Z") { return moment }
    report(path, node, "must be a day such as 2027-01-31, or a time such as 2027-01-31T12:00:00Z, not '\(text)'")
    return nil
  }

  mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ path: String, default fallback: Choice
  ) -> Choice where Choice.RawValue == String {
    let names = Choice.allCases.map(\.rawValue)
    return value(path, default: fallback, "one of \(names.joined(separator: ", "))", { $0.rawValue }) { text in
      Choice(rawValue: text)
    }
  }

  private mutating func value<Value>(
    _ path: String, default fallback: Value, _ expected: String, _ describe: (Value) -> String = { "\($0)" },
    _ parse: (String) -> Value?
  ) -> Value {
    guard let (text, node) = scalar(path) else {
      show(path, describe(fallback))
      return fallback
    }
    guard let value = parse(text) else {
      report(path, node, "must be \(expected), not '\(text)'")
      return fallback
    }
    show(path, describe(value))
    return value
  }

  // MARK: Secrets

  /// A secret from the file that `<path>File` names, or from the environment under `<path>`; nil when neither is given.
  mutating func secret(_ path: String) -> SecretSource? {
    let file = text(path + "File")
    if let value = environment[Self.variable(path)] {
      show(path, "(from the environment)")
      return .value(value)
    }
    return file.map { .file($0) }
  }

  /// The variables of the environment that are read.
  var knownVariables: Set<String> {
    // A secret is read without the `File` of its key.
    Set(known.flatMap { [$0] + ($0.hasSuffix("File") ? [String($0.dropLast("File".count))] : []) }.map(Self.variable))
  }

  // MARK: Lists and mappings

  mutating func texts(_ path: String, default fallback: [String]) -> [String] {
    if let text = environment[Self.variable(path)] {
      let list = text.split(separator: ",").map { String($0).trimmed }
      show(path, list)
      return list
    }
    guard let node = node(path) else {
      show(path, fallback)
      return fallback
    }
    guard let sequence = node.sequence else {
      report(path, node, "must be a list")
      return fallback
    }
    let list = sequence.compactMap(\.string)
    if list.count != sequence.count { report(path, node, "must be a list of texts") }
    show(path, list)
    return list
  }

  /// The entries of a mapping whose keys are free, in the order of the file.
  mutating func freeEntries(_ path: String) -> [(key: String, value: Node)] {
    guard let node = node(path), !node.isNull else { return [] }
    guard let mapping = node.mapping else {
      report(path, node, "must be a mapping")
      return []
    }
    effective.append((path, node))
    return mapping.compactMap { entry in entry.key.string.map { ($0, entry.value) } }
  }

  /// The items of a list of mappings, each as a reader of its own; nil when the key is missing.
  mutating func items(_ path: String) -> [ItemReader]? {
    guard let node = node(path), !node.isNull else { return nil }
    guard let sequence = node.sequence else {
      report(path, node, "must be a list")
      return []
    }
    effective.append((path, node))
    return sequence.enumerated().map { ItemReader(path: "\(path)[\($0.offset)]", node: $0.element) }
  }

  mutating func absorb(_ item: ItemReader) {
    problems += item.problems
    warnings += item.warnings
    known.formUnion(item.knownPaths)
  }

  // MARK: Problems

  mutating func report(_ path: String, _ message: String) {
    report(path, node(path), message)
  }

  mutating func report(_ path: String, _ node: Node?, _ message: String) {
    let line = environment[Self.variable(path)] == nil ? node?.mark?.line : nil
    let place = environment[Self.variable(path)] == nil ? "" : " (set by \(Self.variable(path)))"
    problems.append(ConfigurationProblem(key: path, line: line, message: message + place))
  }

  /// Reports every key of the file that nothing has asked for. To be called last.
  mutating func reportUnknownKeys() {
    guard let root else { return }
    reportUnknownKeys(of: root, under: "")
  }

  private mutating func reportUnknownKeys(of node: Node, under path: String) {
    guard let mapping = node.mapping else { return }
    for (key, value) in mapping {
      guard let name = key.string else { continue }
      let full = path.isEmpty ? name : "\(path).\(name)"
      if known.contains(full) { continue }
      if sections.contains(full) {
        if value.mapping == nil, !value.isNull { report(full, value, "must be a section with keys of its own") }
        reportUnknownKeys(of: value, under: full)
        continue
      }
      let siblings = known.union(sections).filter { $0.parent == path }.map(\.lastPart)
      let guess = NearestName.of(name, among: siblings).map { ", did you mean '\($0)'?" } ?? ""
      problems.append(ConfigurationProblem(key: full, line: key.mark?.line, message: "is not a known key\(guess)"))
    }
  }

  // MARK: Access

  private mutating func scalar(_ path: String) -> (text: String, node: Node?)? {
    let node = node(path)
    if let text = environment[Self.variable(path)] { return (text, nil) }
    guard let node, !node.isNull else { return nil }
    guard let scalar = node.scalar else {
      report(path, node, "must be a single value")
      return nil
    }
    return (scalar.string, node)
  }

  private mutating func node(_ path: String) -> Node? {
    known.insert(path)
    var parent = path.parent
    while !parent.isEmpty {
      sections.insert(parent)
      parent = parent.parent
    }
    var node = root
    for part in path.split(separator: ".") {
      node = node?.mapping?[String(part)]
    }
    return node
  }

  /// What the keys amount to, with where each value comes from.
  var values: [ConfigurationValue] {
    effective.map { path, value in
      let text = value.string ?? value.sequence?.map { $0.string ?? "" }.joined(separator: ", ") ?? ""
      return ConfigurationValue(key: path, value: text, origin: origin(path))
    }
  }

  private func origin(_ path: String) -> ConfigurationValue.Origin {
    // A secret may be in the environment under the name without "File".
    let names = [path, path.hasSuffix("File") ? String(path.dropLast(4)) : path]
    if names.contains(where: { environment[Self.variable($0)] != nil }) { return .environment }
    for name in [path, path + "File"] {
      var node = root
      for part in name.split(separator: ".") { node = node?.mapping?[String(part)] }
      if node != nil { return .file }
    }
    return .fallback
  }

  private mutating func show(_ path: String, _ text: String) {
    effective.append((path, Node(text)))
  }

  private mutating func show(_ path: String, _ list: [String]) {
    effective.append((path, Node(list.map { Node($0) })))
  }

  /// `xmatters.maxConcurrentRequests` is `ROLLCALL_XMATTERS_MAX_CONCURRENT_REQUESTS`.
  static func variable(_ path: String) -> String {
    var name = "ROLLCALL_"
    for character in path {
      if character == "." {
        name.append("_")
      } else {
        if character.isUppercase { name.append("_") }
        name.append(contentsOf: character.uppercased())
      }
    }
    return name
  }

  private static func line(of error: any Error) -> Int? {
    switch error as? YamlError {
    case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark.line
    case .duplicatedKeysInMapping(_, let context): context.mark.line
    default: nil
    }
  }

  private static func text(of error: any Error) -> String {
    switch error as? YamlError {
    case .scanner(_, let problem, _, _), .parser(_, let problem, _, _), .composer(_, let problem, _, _): problem
    // What the parser says otherwise shows lines of the file.
    case .duplicatedKeysInMapping(let keys, _): "has keys twice: \(keys.sorted().joined(separator: ", "))"
    default: "it cannot be read"
    }
  }
}

extension Node {
  var isNull: Bool { null != nil }
}

extension String {
  fileprivate var parent: String {
    lastIndex(of: ".").map { String(self[..<$0]) } ?? ""
  }

  fileprivate var lastPart: String {
    lastIndex(of: ".").map { String(self[index(after: $0)...]) } ?? self
  }

  var trimmed: String {
    let isBlank: (Character) -> Bool = { $0.isWhitespace || $0.isNewline }
    guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) }) else {
      return ""
    }
    return String(self[first...last])
  }
}
