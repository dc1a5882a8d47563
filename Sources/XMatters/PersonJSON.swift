import HTTPTransport
import JSON
import ProvisioningModel

extension Person {
  /// Reads a person as `GET /people/{id}?embed=roles,supervisors,devices` gives it (docs/reference/xmatters-api.md, "Create and modify").
  /// Roles, supervisors and the site come as objects and are brought to the form in which they are written
  /// (docs/reference/xmatters-api.md, "Traps").
  /// - Parameter isEmbedding: Roles and supervisors were asked for. What has no value is left out by xMatters; these have one.
  init(_ json: JSON, isEmbedding: Bool = true) throws(Failure) {
    let route = "/people/{id}"
    guard let id = json["id"]?.string, let targetName = json["targetName"]?.string else {
      throw XMattersFailure.unreadable(.get, route, "a person has no id or no targetName")
    }
    if isEmbedding, json["roles"] == nil || json["supervisors"] == nil {
      throw XMattersFailure.unreadable(.get, route, "roles or supervisors, which were asked for, are missing")
    }
    var attributes: [TargetAttribute: TargetValue] = [.targetName: .text(targetName)]
    for attribute in TargetAttribute.scalars where attribute != .site {
      if let text = json[attribute.description]?.string { attributes[attribute] = .text(text) }
    }
    if let site = json["site"] {
      attributes[.site] = (site["id"]?.string ?? site.string).map { .text($0) }
    }
    if let roles = json["roles"] {
      attributes[.roles] = .list(try roles.texts("name", "a role has no name"))
    }
    if let supervisors = json["supervisors"] {
      attributes[.supervisors] = .list(try supervisors.texts("id", "a supervisor has no id"))
    }
    if let properties = json["properties"] {
      for (name, value) in properties.members {
        attributes[.property(name)] = TargetValue(value)
      }
    }
    var devices: [Device] = []
    for row in json["devices"]?.rows ?? [] { devices.append(try Device(row)) }
    self.init(id: PersonID(id), externalKey: json["externalKey"]?.string, attributes: attributes, devices: devices)
  }
}

extension Device {
  init(_ json: JSON) throws(Failure) {
    guard let id = json["id"]?.string, let name = json["name"]?.string else {
      throw XMattersFailure.unreadable(.get, "/people/{id}/devices", "a device has no id or no name")
    }
    let kind = json["deviceType"]?.string.flatMap(DeviceKind.init(rawValue:)) ?? .other
    let address = (kind == .email ? json["emailAddress"]?.string : json["phoneNumber"]?.string) ?? ""
    self.init(
      id: id, name: name, kind: kind, address: address.filter { $0 != " " }, sequence: Self.number(json["sequence"]),
      delay: Self.number(json["delay"]))
  }

  /// The official tables and real answers disagree on whether these are texts (docs/reference/xmatters-api.md, "Devices").
  private static func number(_ json: JSON?) -> Int? {
    json?.integer.flatMap { Int(exactly: $0) } ?? json?.string.flatMap { Int($0) }
  }
}

extension TargetValue {
  /// A property's value; nil for what cannot be compared.
  fileprivate init?(_ json: JSON) {
    switch json.kind {
    case .string: self = .text(json.string ?? "")
    case .boolean: self = .boolean(json.boolean ?? false)
    case .integer, .real: self = .number(json.double ?? 0)
    case .array: self = .list(json.elements.compactMap(\.string))
    case .null, .object: return nil
    }
  }

  var json: JSONValue {
    switch self {
    case .text(let text): .string(text)
    case .list(let list): .array(list.map { .string($0) })
    case .boolean(let boolean): .boolean(boolean)
    case .number(let number): Int64(exactly: number).map { .integer($0) } ?? .real(number)
    case .null: .null
    }
  }
}

extension JSON {
  /// The rows of an embedded list, which comes as a page or as a bare array.
  var rows: [JSON] {
    (kind == .array ? self : self["data"]).map { Array($0.elements) } ?? []
  }

  /// Of each row of an embedded list, which may come as a bare text.
  fileprivate func texts(_ name: String, _ objection: String) throws(Failure) -> [String] {
    guard kind == .array || self["data"]?.kind == .array else {
      throw XMattersFailure.unreadable(.get, "/people/{id}", "an embedded list has no data")
    }
    var texts: [String] = []
    for row in rows {
      guard let text = row[name]?.string ?? row.string else {
        throw XMattersFailure.unreadable(.get, "/people/{id}", objection)
      }
      texts.append(text)
    }
    return texts
  }

  /// An embedded list shows at most its first 100 rows.
  var isTruncated: Bool {
    guard let total = self["total"]?.integer else { return false }
    return total > Int64(rows.count)
  }
}

/// The body of `POST /people`.
enum PersonBody {
  static func make(_ attributes: [TargetAttribute: TargetValue], externalKey: String, id: PersonID?) -> JSONValue {
    var body: [String: JSONValue] = ["recipientType": "PERSON", "externalKey": .string(externalKey)]
    var properties: [String: JSONValue] = [:]
    for (attribute, value) in attributes {
      switch attribute {
      case .property(let name): properties[name] = value.json
      case .device: continue
      default: body[attribute.description] = value.json
      }
    }
    if !properties.isEmpty { body["properties"] = .object(properties) }
    if let id { body["id"] = .string(id.rawValue) }
    return .object(body)
  }
}

/// What the bodies of `POST /devices` have in common.
enum DeviceBody {
  static func make(_ kind: DeviceKind, _ values: DeviceValues) -> [String: JSONValue] {
    var body: [String: JSONValue] = ["recipientType": "DEVICE", "deviceType": .string(kind.rawValue)]
    body[kind == .email ? "emailAddress" : "phoneNumber"] = values.address.map { .string($0) }
    body["sequence"] = values.sequence.map { .integer(Int64($0)) }
    body["delay"] = values.delay.map { .integer(Int64($0)) }
    return body
  }
}
