import JSON
import ProvisioningModel

// Nested values as JSON text.

/// A stored value that this version does not know.
struct UnreadableRow: Error {}

func stored<Value: RawRepresentable>(_ text: String?) throws -> Value where Value.RawValue == String {
  guard let value = text.flatMap(Value.init(rawValue:)) else { throw UnreadableRow() }
  return value
}

/// A JSON object that was read from a row.
struct StoredObject {
  private let json: JSON

  private init(_ json: JSON) throws {
    guard json.kind == .object else { throw UnreadableRow() }
    self.json = json
  }

  init(text: String) throws {
    try self.init(JSON(parsing: Array(text.utf8)))
  }

  static func list(text: String) throws -> [StoredObject] {
    let json = try JSON(parsing: Array(text.utf8))
    guard json.kind == .array else { throw UnreadableRow() }
    return try json.elements.map { try StoredObject($0) }
  }

  /// A member that has to be there.
  func text(_ key: StaticString) throws -> String {
    guard let text = json[key]?.string else { throw UnreadableRow() }
    return text
  }

  func integer(_ key: StaticString) throws -> Int64 {
    guard let integer = json[key]?.integer else { throw UnreadableRow() }
    return integer
  }

  func optionalText(_ key: StaticString) -> String? { json[key]?.string }
  func optionalInteger(_ key: StaticString) -> Int64? { json[key]?.integer }

  func object(_ key: StaticString) throws -> StoredObject? {
    guard let member = json[key], !member.isNull else { return nil }
    return try StoredObject(member)
  }

  /// The members that are texts.
  var texts: [String: String] {
    json.members.reduce(into: [:]) { texts, member in texts[member.key] = member.value.string }
  }
}

extension JSONValue {
  /// An object without the members that are nil.
  static func stored(_ members: [String: JSONValue?]) -> JSONValue { .object(members.compactMapValues(\.self)) }
}

extension ProvisioningLogEntry.Step {
  init(stored object: StoredObject) throws {
    self.init(
      try Storage.stored(object.text("kind")), try object.text("name"), try Storage.stored(object.text("status")),
      try object.text("description"), details: try object.object("details")?.texts ?? [:])
  }

  var stored: JSONValue {
    [
      "kind": .string(kind.rawValue), "name": .string(name), "status": .string(status.rawValue),
      "description": .string(description), "details": .object(details.mapValues(JSONValue.string)),
    ]
  }
}

extension ProvisioningLogEntry.ModifiedProperty {
  init(stored object: StoredObject) throws {
    self.init(
      name: try object.text("name"), oldValue: object.optionalText("old"), newValue: object.optionalText("new"))
  }

  var stored: JSONValue {
    .stored(["name": .string(name), "old": oldValue.map(JSONValue.string), "new": newValue.map(JSONValue.string)])
  }
}

extension Failure {
  /// As it is shown later. What to do about it was decided when it happened and is not stored.
  init(stored object: StoredObject) throws {
    var exchange: Exchange?
    if let upstream = object.optionalText("upstream"), let method = object.optionalText("method"),
      let route = object.optionalText("route")
    {
      exchange = Exchange(
        upstream: upstream, method: method, route: route, status: object.optionalInteger("status").map(Int.init),
        message: object.optionalText("message"))
    }
    self.init(
      // A later version may have written one that is not known here.
      .escrow, try ErrorCode(rawValue: object.text("code")) ?? .internalError, try object.text("reason"),
      advice: try object.text("advice"),
      exchange: exchange)
  }

  var stored: JSONValue {
    .stored([
      "code": .string(code.rawValue), "reason": .string(reason), "advice": .string(advice),
      "upstream": (exchange?.upstream).map(JSONValue.string), "method": (exchange?.method).map(JSONValue.string),
      "route": (exchange?.route).map(JSONValue.string),
      "status": (exchange?.status).map { .integer(Int64($0)) },
      "message": (exchange?.message).flatMap { $0 }.map(JSONValue.string),
    ])
  }
}
