package import JSON

// Groups, their members and shifts (docs/reference/xmatters-api.md, "Groups and members").

extension Instance {
  package struct Group: Sendable {
    package var id: String
    /// Scalars as xMatters names them.
    package var fields: [String: JSONValue]
    package var supervisors: [String]
    package var site: String?
    /// Ids of people, devices and groups, in the order of their coming.
    package var members: [String] = []
    package var shifts: [Shift] = []

    package var name: String { fields["targetName"]?.string ?? "" }
    package var type: String { fields["groupType"]?.string ?? "ON_CALL" }
    package var externalKey: String? { fields["externalKey"]?.string }
    package var status: String { fields["status"]?.string ?? "ACTIVE" }
  }

  package struct Shift: Sendable {
    package var id: String
    package var name: String
    /// Recipients with position, delay, escalation and rotation.
    package var members: [(recipient: String, fields: [String: JSONValue])] = []
  }

  package enum GroupAct: Sendable {
    case created, modified, deleted
    case added(String), removed(String)
  }

  /// Something that can be notified.
  package enum Recipient: Sendable {
    case person(Person), device(Device), group(Group)

    package var id: String {
      switch self {
      case .person(let person): person.id
      case .device(let device): device.id
      case .group(let group): group.id
      }
    }
  }

  /// By id or target name.
  package func group(_ idOrName: String) -> Group? {
    groups.first { $0.id == idOrName } ?? group(named: idOrName)
  }

  func group(named name: String) -> Group? {
    groups.first { $0.name.lowercased() == name.lowercased() }
  }

  package func recipient(_ idOrName: String) -> Recipient? {
    if let person = person(idOrName) { return .person(person) }
    if let group = group(idOrName) { return .group(group) }
    return device(idOrName).map { .device($0) }
  }

  // MARK: Groups

  /// `POST /groups`: without an id a creation, with one a modification.
  package mutating func writeGroup(_ body: JSON) throws(Refusal) -> (group: Group, isNew: Bool) {
    guard body.kind == .object else { throw Refusal(status: 400, message: "The body must be an object") }
    var group: Group
    let isNew = body["id"] == nil
    if let id = body["id"]?.string {
      guard let known = self.group(id) else {
        throw Refusal(status: 404, message: "Could not find a group with id \(id)")
      }
      group = known
    } else {
      // The caller becomes the supervisor when none is named.
      group = Group(
        id: random.guid(), fields: ["groupType": "ON_CALL", "status": "ACTIVE", "observedByAll": true],
        supervisors: [caller])
    }
    try apply(body, to: &group, isNew: isNew)
    try checkUnique(group)
    if isNew, group.type == "ON_CALL" { group.shifts = [Shift(id: random.guid(), name: "Default Shift")] }
    store(group)
    return (group, isNew)
  }

  private static let scalars: Set<String> = [
    "targetName", "description", "status", "groupType", "externalKey", "externallyOwned", "observedByAll",
    "allowDuplicates", "useDefaultDevices", "criteria",
  ]

  private func apply(_ body: JSON, to group: inout Group, isNew: Bool) throws(Refusal) {
    if !isNew, let type = body["groupType"]?.string, type != group.type {
      throw Refusal(status: 400, message: "The type of a group cannot be changed")
    }
    for (name, value) in body.members where Self.scalars.contains(name) {
      group.fields[name] = value.isNull ? nil : value.value
    }
    guard (1...100).contains(group.name.count) else {
      throw Refusal(status: 400, message: "targetName is required and has at most 100 characters")
    }
    guard (group.fields["description"]?.string ?? "").count <= 1024 else {
      throw Refusal(status: 400, message: "description has at most 1024 characters")
    }
    guard ["ON_CALL", "BROADCAST", "DYNAMIC"].contains(group.type), ["ACTIVE", "INACTIVE"].contains(group.status) else {
      throw Refusal(status: 400, message: "Unknown groupType or status")
    }
    if let supervisors = body["supervisors"] {
      group.supervisors = supervisors.elements.compactMap { $0.string ?? $0["id"]?.string }
      for supervisor in group.supervisors where people[supervisor] == nil {
        throw Refusal(status: 400, message: "Could not find a supervisor")
      }
    }
    if let observers = body["observers"] {
      guard group.fields["observedByAll"]?.boolean == false else {
        throw Refusal(status: 400, message: "observers are for groups that are not observed by all")
      }
      group.fields["observers"] = observers.value
    }
    if let site = body["site"]?.string {
      guard let id = sites.values.contains(site) ? site : sites[site] else {
        throw Refusal(status: 400, message: "Could not find site \(site)")
      }
      group.site = id
    }
  }

  /// People and groups share one name space.
  private func checkUnique(_ group: Group) throws(Refusal) {
    if let person = person(group.name), person.targetName.lowercased() == group.name.lowercased() {
      throw Refusal(status: 409, message: "A user with target name \(group.name) already exists")
    }
    for other in groups where other.id != group.id {
      if other.name.lowercased() == group.name.lowercased() {
        throw Refusal(status: 409, message: "A group with the name \(group.name) already exists")
      }
      if let key = group.externalKey, other.externalKey == key {
        throw Refusal(status: 409, message: "A group with external key \(key) already exists")
      }
    }
  }

  private mutating func store(_ group: Group) {
    if let index = groups.firstIndex(where: { $0.id == group.id }) {
      groups[index] = group
    } else {
      groups.append(group)
    }
  }

  /// - Returns: Nil when there was no such group.
  package mutating func deleteGroup(_ idOrName: String) -> Group? {
    guard let group = group(idOrName) else { return nil }
    groups.removeAll { $0.id == group.id }
    forgetRecipients([group.id])
    return group
  }

  // MARK: Members

  /// - Returns: The recipient, and whether it is a member only now.
  package mutating func addMember(
    _ body: JSON, to idOrName: String
  ) throws(Refusal) -> (group: Group, recipient: Recipient, isNew: Bool) {
    guard var group = group(idOrName) else {
      throw Refusal(status: 404, message: "Could not find a group with id \(idOrName)")
    }
    guard let id = body["id"]?.string else { throw Refusal(status: 400, message: "id is required") }
    guard group.type != "DYNAMIC" else { throw Refusal(status: 400, message: "The members of the group are computed") }
    guard let recipient = recipient(id) else {
      throw Refusal(status: 404, message: "Could not find a recipient with id \(id)")
    }
    guard recipient.id != group.id else { throw Refusal(status: 400, message: "A group cannot be its own member") }
    let isNew = !group.members.contains(recipient.id)
    if isNew { group.members.append(recipient.id) }
    store(group)
    return (group, recipient, isNew)
  }

  /// - Returns: Nil when there was no such group or member.
  package mutating func removeMember(_ idOrName: String, from group: String) -> (Group, Recipient)? {
    guard var group = self.group(group), let recipient = recipient(idOrName), group.members.contains(recipient.id)
    else { return nil }
    group.lose([recipient.id])
    store(group)
    return (group, recipient)
  }

  /// A recipient that is gone is a member of nothing.
  mutating func forgetRecipients(_ ids: [String]) {
    for index in groups.indices { groups[index].lose(Set(ids)) }
  }

  // MARK: Shifts

  /// `POST /groups/{id}/shifts`: without an id a creation, with one a modification.
  package mutating func writeShift(
    _ body: JSON, of idOrName: String
  ) throws(Refusal) -> (group: Group, shift: Shift, isNew: Bool) {
    var group = try onCallGroup(idOrName)
    guard let name = body["name"]?.string, !name.isEmpty else {
      throw Refusal(status: 400, message: "name is required")
    }
    let id = body["id"]?.string
    guard !group.shifts.contains(where: { $0.name == name && $0.id != id }) else {
      throw Refusal(status: 409, message: "A shift with the name \(name) already exists")
    }
    if let id {
      guard let index = group.shifts.firstIndex(where: { $0.id == id }) else {
        throw Refusal(status: 404, message: "Could not find a shift with id \(id)")
      }
      group.shifts[index].name = name
      store(group)
      return (group, group.shifts[index], false)
    }
    let shift = Shift(id: random.guid(), name: name)
    group.shifts.append(shift)
    store(group)
    return (group, shift, true)
  }

  /// - Returns: Nil when there was no such shift.
  package mutating func deleteShift(_ shift: String, of idOrName: String) -> Shift? {
    guard var group = group(idOrName), let found = group.shift(shift) else { return nil }
    group.shifts.removeAll { $0.id == found.id }
    store(group)
    return found
  }

  /// Puts a recipient into a shift; a recipient in a shift is a member of the group.
  package mutating func addShiftMember(
    _ body: JSON, to shift: String, of idOrName: String
  ) throws(Refusal) -> (Recipient, [String: JSONValue]) {
    var group = try onCallGroup(idOrName)
    guard let index = group.shifts.firstIndex(where: { $0.id == shift || $0.name == shift }) else {
      throw Refusal(status: 404, message: "Could not find a shift with id \(shift)")
    }
    guard let id = body["recipient"]?["id"]?.string, let recipient = recipient(id) else {
      throw Refusal(status: 400, message: "Could not find the recipient")
    }
    var fields: [String: JSONValue] = [:]
    for name in ["position", "delay", "escalationType", "inRotation"] { fields[name] = body[name]?.value }
    group.shifts[index].members.append((recipient.id, fields))
    if !group.members.contains(recipient.id) { group.members.append(recipient.id) }
    store(group)
    return (recipient, fields)
  }

  private func onCallGroup(_ idOrName: String) throws(Refusal) -> Group {
    guard let group = group(idOrName) else {
      throw Refusal(status: 404, message: "Could not find a group with id \(idOrName)")
    }
    guard group.type == "ON_CALL" else { throw Refusal(status: 400, message: "Only on-call groups have shifts") }
    return group
  }
}

extension Instance.Group {
  package func shift(_ idOrName: String) -> Instance.Shift? {
    shifts.first { $0.id == idOrName || $0.name == idOrName }
  }

  fileprivate mutating func lose(_ recipients: Set<String>) {
    members.removeAll { recipients.contains($0) }
    for index in shifts.indices { shifts[index].members.removeAll { recipients.contains($0.recipient) } }
  }
}
