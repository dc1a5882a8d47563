package import JSON

/// An xMatters instance in memory: people, devices, groups, sites, roles and device names (docs/reference/xmatters-api.md, "Operations").
/// Pure: no clock, no socket.
package struct Instance: Sendable {
  package struct Person: Sendable {
    package var id: String
    /// Scalars and properties as xMatters names them.
    package var fields: [String: JSONValue]
    package var roles: [String]
    package var supervisors: [String]
    package var site: String
    package var devices: [String]

    package var targetName: String { fields["targetName"]?.string ?? "" }
    package var externalKey: String? { fields["externalKey"]?.string }
    package var status: String { fields["status"]?.string ?? "ACTIVE" }
  }

  package struct Device: Sendable {
    package var id: String
    package var owner: String
    package var name: String
    package var fields: [String: JSONValue]
  }

  /// What went wrong, as the API says it.
  package struct Refusal: Error {
    package var status: Int
    package var message: String
  }

  /// A change that a test may want to see.
  package enum Change: Sendable {
    case created(Person)
    case modified(before: Person, after: Person)
    case deleted(Person)
    case device(owner: Person, name: String, address: String?)
    case group(Group, GroupAct)
  }

  package private(set) var people: [String: Person] = [:]
  package private(set) var order: [String] = []
  package private(set) var devices: [String: Device] = [:]
  package var sites: [String: String] = [:]
  /// Country, language and time zone of sites, by their ids; those without an entry have the usual ones.
  var siteFields: [String: [String: JSONValue]] = [:]
  package var roles: [String: String] = [:]
  package var deviceNames: [(id: String, name: String, type: String)] = []
  /// Full users that there may be; nil for any number.
  package var fullUserLicenses: Int?
  /// What a create beyond them is answered with (docs/reference/xmatters-api.md, "Licences": unconfirmed).
  package var licenseRefusal = 400
  package var languages: Set<String> = ["en", "de", "fr", "es", "it", "ja", "pt_BR", "zh_CN"]
  /// The account that calls: supervisor of a person who is created without one.
  package private(set) var caller = ""
  private var byTargetName: [String: String] = [:]
  private var byWebLogin: [String: String] = [:]
  private var byExternalKey: [String: String] = [:]
  /// In the order of their making.
  package internal(set) var groups: [Group] = []
  var random: SeededRandom

  package init(seed: UInt64 = 2) {
    random = SeededRandom(seed: seed)
    for name in ["Default Site", "Berlin", "Lagos"] { sites[name] = random.guid() }
    for name in ["Standard User", "Full Access User", "Person Supervisor", "Group Supervisor", "REST Web Service User"]
    {
      roles[name] = random.guid()
    }
    for (name, type) in [
      ("Work Email", "EMAIL"), ("Home Email", "EMAIL"), ("Work Phone", "VOICE"), ("Mobile Phone", "VOICE"),
      ("SMS Phone", "TEXT_PHONE"),
    ] {
      deviceNames.append((random.guid(), name, type))
    }
    caller = insertServiceUser()
  }

  /// By id or target name.
  package func person(_ idOrName: String) -> Person? {
    people[idOrName] ?? byTargetName[idOrName.lowercased()].flatMap { people[$0] }
  }

  package func person(webLogin: String) -> Person? {
    byWebLogin[webLogin.lowercased()].flatMap { people[$0] }
  }

  package func person(externalKey: String) -> Person? {
    byExternalKey[externalKey].flatMap { people[$0] }
  }

  package func devices(of person: Person) -> [Device] {
    person.devices.compactMap { devices[$0] }
  }

  /// By id, or as `owner|name`.
  package func device(_ idOrName: String) -> Device? {
    if let device = devices[idOrName] { return device }
    let parts = idOrName.split(separator: "|", maxSplits: 1).map(String.init)
    guard parts.count == 2, let owner = person(parts[0]) else { return nil }
    return devices(of: owner).first { $0.name == parts[1] }
  }

  // MARK: People

  /// `POST /people`: without an id a creation, with one a modification.
  package mutating func write(_ body: JSON) throws(Refusal) -> (change: Change, isNew: Bool) {
    guard body.kind == .object else { throw Refusal(status: 400, message: "The body must be an object") }
    guard let id = body["id"]?.string else { return (.created(try create(body)), true) }
    guard let before = person(id) else { throw Refusal(status: 404, message: "Could not find a person with id \(id)") }
    return (.modified(before: before, after: try modify(before, body)), false)
  }

  private mutating func create(_ body: JSON) throws(Refusal) -> Person {
    var person = Person(
      id: random.guid(),
      fields: ["status": "ACTIVE", "licenseType": "FULL_USER", "language": "en", "timezone": "US/Eastern"],
      roles: [], supervisors: [caller], site: people[caller]?.site ?? "", devices: [])
    try apply(body, to: &person)
    for required in ["targetName", "firstName", "lastName"] where (person.fields[required]?.string ?? "").isEmpty {
      throw Refusal(status: 400, message: "\(required) is required")
    }
    guard !person.roles.isEmpty else { throw Refusal(status: 400, message: "At least one role is required") }
    person.fields["webLogin"] = person.fields["webLogin"] ?? .string(person.targetName)
    try checkUnique(person)
    try checkLicense(person)
    order.append(person.id)
    store(person)
    return person
  }

  private func checkLicense(_ person: Person) throws(Refusal) {
    guard let fullUserLicenses, person.fields["licenseType"]?.string == "FULL_USER",
      fullUserCount >= fullUserLicenses
    else { return }
    throw Refusal(status: licenseRefusal, message: "The number of licensed users is exhausted")
  }

  var fullUserCount: Int { people.values.count { $0.fields["licenseType"]?.string == "FULL_USER" } }

  private mutating func modify(_ before: Person, _ body: JSON) throws(Refusal) -> Person {
    var person = before
    try apply(body, to: &person)
    try checkUnique(person)
    unindex(before)
    store(person)
    return person
  }

  /// - Returns: Nil when there was no such person.
  package mutating func deletePerson(_ idOrName: String) -> Person? {
    guard let person = person(idOrName) else { return nil }
    unindex(person)
    people[person.id] = nil
    order.removeAll { $0 == person.id }
    for device in person.devices { devices[device] = nil }
    forgetRecipients([person.id] + person.devices)
    for id in people.keys { people[id]?.supervisors.removeAll { $0 == person.id } }
    return person
  }

  private mutating func store(_ person: Person) {
    people[person.id] = person
    byTargetName[person.targetName.lowercased()] = person.id
    byWebLogin[(person.fields["webLogin"]?.string ?? "").lowercased()] = person.id
    if let key = person.externalKey { byExternalKey[key] = person.id }
  }

  private mutating func unindex(_ person: Person) {
    byTargetName[person.targetName.lowercased()] = nil
    byWebLogin[(person.fields["webLogin"]?.string ?? "").lowercased()] = nil
    if let key = person.externalKey { byExternalKey[key] = nil }
  }

  private func checkUnique(_ person: Person) throws(Refusal) {
    if group(named: person.targetName) != nil {
      throw Refusal(status: 409, message: "A group with the name \(person.targetName) already exists")
    }
    let login = person.fields["webLogin"]?.string ?? person.targetName
    if let other = byTargetName[person.targetName.lowercased()], other != person.id {
      throw Refusal(status: 409, message: "A user with target name \(person.targetName) already exists")
    }
    if let other = byWebLogin[login.lowercased()], other != person.id {
      throw Refusal(status: 409, message: "A user with web login \(login) already exists")
    }
    if let key = person.externalKey, let other = byExternalKey[key], other != person.id {
      throw Refusal(status: 409, message: "A user with external key \(key) already exists")
    }
  }

  private static let scalars: Set<String> = [
    "targetName", "firstName", "lastName", "webLogin", "status", "language", "timezone", "licenseType", "phoneLogin",
    "externalKey", "externallyOwned",
  ]
  private static let longestName = 100
  private static let mandatory: Set<String> = [
    "targetName", "firstName", "lastName", "status", "language", "timezone", "licenseType",
  ]

  private func apply(_ body: JSON, to person: inout Person) throws(Refusal) {
    for (name, value) in body.members where Self.scalars.contains(name) {
      if value.isNull {
        guard !Self.mandatory.contains(name) else { throw Refusal(status: 400, message: "\(name) must not be null") }
        person.fields[name] = nil
      } else {
        person.fields[name] = value.value
      }
    }
    for name in ["targetName", "webLogin"] where (person.fields[name]?.string ?? "").utf16.count > Self.longestName {
      throw Refusal(status: 400, message: "\(name) is too long")
    }
    guard ["ACTIVE", "INACTIVE"].contains(person.status) else { throw Refusal(status: 400, message: "Unknown status") }
    if let language = person.fields["language"]?.string, !languages.contains(language) {
      throw Refusal(status: 400, message: "The language is not enabled")
    }
    if let roles = body["roles"] {
      person.roles = roles.elements.compactMap(\.string)
      for role in person.roles where self.roles[role] == nil {
        throw Refusal(status: 400, message: "Could not find role \(role)")
      }
      if person.roles.isEmpty { throw Refusal(status: 400, message: "At least one role is required") }
    }
    if let site = body["site"]?.string {
      guard let id = sites.values.contains(site) ? site : sites[site] else {
        throw Refusal(status: 400, message: "Could not find site \(site)")
      }
      person.site = id
    }
    if let supervisors = body["supervisors"] {
      person.supervisors = supervisors.elements.compactMap(\.string)
      for supervisor in person.supervisors where people[supervisor] == nil {
        throw Refusal(status: 400, message: "Could not find a supervisor")
      }
    }
    if let properties = body["properties"] {
      var merged = person.fields["properties"]?.object ?? [:]
      for (name, value) in properties.members {
        if value.isNull { merged.removeValue(forKey: name) } else { merged[name] = value.value }
      }
      person.fields["properties"] = .object(merged)
    }
  }

  private mutating func insertServiceUser() -> String {
    let person = Person(
      id: random.guid(),
      fields: [
        "targetName": "rollcall", "firstName": "Service", "lastName": "User", "webLogin": "rollcall",
        "status": "ACTIVE",
        "language": "en", "timezone": "US/Eastern", "licenseType": "FULL_USER",
      ], roles: ["REST Web Service User"], supervisors: [], site: sites["Default Site"] ?? "", devices: [])
    order.append(person.id)
    store(person)
    return person.id
  }

  // MARK: Devices

  /// `POST /devices`: without an id a creation, with one a modification.
  package mutating func writeDevice(_ body: JSON) throws(Refusal) -> (device: Device, change: Change, isNew: Bool) {
    var device: Device
    let isNew: Bool
    if let id = body["id"]?.string {
      guard let known = devices[id] else {
        throw Refusal(status: 404, message: "Could not find a device with id \(id)")
      }
      (device, isNew) = (known, false)
    } else {
      (device, isNew) = (try newDevice(body), true)
    }
    for (name, value) in body.members
    where ["emailAddress", "phoneNumber", "status", "externallyOwned", "delay"].contains(name) {
      device.fields[name] = value.value
    }
    try checkAddress(device)
    guard var owner = people[device.owner] else { throw Refusal(status: 400, message: "Could not find the owner") }
    if isNew { owner.devices.append(device.id) }
    if let sequence = body["sequence"]?.integer { owner.place(device.id, at: Int(clamping: sequence)) }
    people[owner.id] = owner
    devices[device.id] = device
    return (device, .device(owner: owner, name: device.name, address: device.address), isNew)
  }

  private mutating func newDevice(_ body: JSON) throws(Refusal) -> Device {
    guard let name = body["name"]?.string, let type = body["deviceType"]?.string, let owner = body["owner"]?.string
    else {
      throw Refusal(status: 400, message: "name, deviceType and owner are required")
    }
    guard let person = people[owner] else { throw Refusal(status: 400, message: "Could not find the owner") }
    guard deviceNames.contains(where: { $0.name == name && $0.type == type }) else {
      throw Refusal(status: 400, message: "There is no device name \(name) of type \(type)")
    }
    guard !devices(of: person).contains(where: { $0.name == name }) else {
      throw Refusal(status: 409, message: "A device with the name \(name) already exists")
    }
    return Device(
      id: random.guid(), owner: owner, name: name,
      fields: ["deviceType": .string(type), "status": "ACTIVE", "testStatus": "UNTESTED", "delay": 0])
  }

  private func checkAddress(_ device: Device) throws(Refusal) {
    let address = device.address ?? ""
    if device.fields["deviceType"]?.string == "EMAIL" {
      guard address.contains("@"), address.utf16.count <= Self.longestName else {
        throw Refusal(status: 400, message: "The e-mail address is not valid")
      }
    } else {
      let digits = address.dropFirst().prefix { $0 != ";" }
      guard address.hasPrefix("+"), (5...15).contains(digits.count), digits.allSatisfy(\.isNumber) else {
        throw Refusal(status: 400, message: "The phone number is not valid")
      }
    }
  }

  /// - Returns: Nil when there was no such device.
  package mutating func deleteDevice(_ idOrName: String) -> (device: Device, change: Change)? {
    guard let device = device(idOrName), var owner = people[device.owner] else { return nil }
    owner.devices.removeAll { $0 == device.id }
    people[owner.id] = owner
    devices[device.id] = nil
    forgetRecipients([device.id])
    return (device, .device(owner: owner, name: device.name, address: nil))
  }
}

extension Instance.Person {
  /// Puts a device at a place, 1 first; a place beyond the end is the end (docs/reference/xmatters-api.md, "Devices").
  fileprivate mutating func place(_ device: String, at sequence: Int) {
    devices.removeAll { $0 == device }
    devices.insert(device, at: min(max(sequence, 1) - 1, devices.count))
  }
}

extension Instance.Device {
  package var address: String? { fields["emailAddress"]?.string ?? fields["phoneNumber"]?.string }
}
