import ProvisioningModel

/// The query of a request, taken apart; values are checked where they are read. What is not known is refused rather than passed over:
/// a filter with a slip of the pen must not answer with everything.
struct QueryItems: Sendable {
  private var items: [(name: String, value: String)] = []

  init() {}

  /// - Throws: For broken escapes, and for a name that stands twice.
  init(_ query: String?) throws(Refusal) {
    for pair in (query ?? "").split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = FormText.decoded(parts[0]), let value = FormText.decoded(parts.count > 1 ? parts[1] : "") else {
        throw .badRequest("The query is not percent-encoded UTF-8.")
      }
      guard !items.contains(where: { $0.name == name }) else {
        throw .badRequest("The query has '\(name.prefix(100))' twice.")
      }
      items.append((name, value))
    }
  }

  func allow(_ names: String...) throws(Refusal) {
    for (name, _) in items where !names.contains(name) {
      let guess = NearestName.of(name, among: names).map { ", did you mean '\($0)'?" } ?? ""
      throw .badRequest(
        "There is no query parameter '\(name.prefix(100))' here\(guess). Known are \(names.joined(separator: ", ")).")
    }
  }

  /// As it was sent.
  func value(_ name: String) -> String? { items.first { $0.name == name }?.value }

  func text(_ name: String, atMost limit: Int = 500) throws(Refusal) -> String? {
    guard let value = items.first(where: { $0.name == name })?.value else { return nil }
    guard !value.isEmpty, value.unicodeScalars.count <= limit else {
      throw .badRequest("'\(name)' must have 1 to \(limit) characters.")
    }
    return value
  }

  func integer(_ name: String, in range: ClosedRange<Int>) throws(Refusal) -> Int? {
    guard let value = try text(name) else { return nil }
    guard let number = Int(value), range.contains(number), value.allSatisfy({ "0"..."9" ~= $0 }) else {
      throw .badRequest("'\(name)' must be a whole number from \(range.lowerBound) to \(range.upperBound).")
    }
    return number
  }

  /// Letter case does not matter.
  /// `true` or `false`; false when it is left out.
  func flag(_ name: String) throws(Refusal) -> Bool {
    switch try text(name) {
    case nil, "false"?: return false
    case "true"?: return true
    default: throw .badRequest("'\(name)' must be true or false.")
    }
  }

  func choice<Value: RawRepresentable & CaseIterable>(
    _ name: String, of: Value.Type
  ) throws(Refusal) -> Value? where Value.RawValue == String {
    guard let value = try text(name)?.lowercased() else { return nil }
    guard let choice = Value.allCases.first(where: { $0.rawValue.lowercased() == value }) else {
      let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
      throw .badRequest("'\(name)' must be one of \(names).")
    }
    return choice
  }

  /// A time in RFC 3339. The plus sign of an offset may have become a blank on its way.
  func time(_ name: String) throws(Refusal) -> Timestamp? {
    guard let value = try text(name) else { return nil }
    let repaired = value.prefix(11) + value.dropFirst(11).map { $0 == " " ? "+" : $0 }
    guard let time = Timestamp(String(repaired)) else {
      throw .badRequest("'\(name)' must be a time in RFC 3339, such as 2026-01-31T08:00:00Z.")
    }
    return time
  }

  /// The address of the next page, relative to this service, so that a proxy in front does not matter.
  func nextLink(_ path: String, skipToken: String) -> String {
    let kept = items.filter { $0.name != "skipToken" } + [("skipToken", skipToken)]
    return path + "?" + kept.map { FormText.encoded($0.name) + "=" + FormText.encoded($0.value) }.joined(separator: "&")
  }
}
