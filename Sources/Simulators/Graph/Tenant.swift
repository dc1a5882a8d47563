package import JSON

/// A directory tenant in memory: users, groups, assignments, the recycle bin, and a record of what changed. Pure: no clock, no socket.
package struct Tenant: Sendable {
  package struct User: Sendable {
    package var id: String
    /// As Graph names them; absent is null.
    package var properties: [String: JSONValue]
    package var manager: String?
  }

  package struct Group: Sendable {
    package var id: String
    /// As Graph names them; absent is null.
    package var properties: [String: JSONValue]
    /// In the order of joining.
    package var members: [String]

    package var displayName: String { properties["displayName"]?.string ?? "" }
    /// Microsoft 365 groups go to the recycle bin when they are deleted; classic security groups are gone.
    var isRestorable: Bool { properties["groupTypes"]?.array?.contains("Unified") ?? false }
  }

  package struct Assignment: Sendable {
    package var id: String
    package var principal: String
    package var principalType: String
    package var role: String
  }

  package enum Kind: String, Sendable {
    case user, group
  }

  /// What a delta query reports.
  package struct Change: Sendable {
    var kind: Kind
    var id: String
    /// The properties and relationships that changed; nil when the object came, left or returned.
    var names: Set<String>?
    /// Who became a member or ceased to be one.
    var member: String?
  }

  package let tenantID: String
  /// By which the tenant can be named as well.
  package let domain = "contoso.example"
  package let applicationID: String
  package let servicePrincipalID: String
  package var roles: [(id: String, value: String, displayName: String)]
  package private(set) var users: [String: User] = [:]
  package private(set) var userOrder: [String] = []
  package private(set) var groups: [String: Group] = [:]
  package private(set) var assignments: [Assignment] = []
  package private(set) var deleted: [String: User] = [:]
  package private(set) var deletedGroups: [String: Group] = [:]
  package private(set) var changes: [Change] = []
  private var idByPrincipalName: [String: String] = [:]
  private var random: SeededRandom

  package static let defaultAccess = "00000000-0000-0000-0000-000000000000"

  package init(seed: UInt64) {
    random = SeededRandom(seed: seed)
    tenantID = random.guid()
    applicationID = random.guid()
    servicePrincipalID = random.guid()
    roles = [
      (random.guid(), "responder", "Responder"), (random.guid(), "manager", "Incident Manager"),
    ]
  }

  // MARK: Users

  package func user(_ idOrPrincipalName: String) -> User? {
    users[idOrPrincipalName.lowercased()]
      ?? idByPrincipalName[idOrPrincipalName.lowercased()].flatMap { users[$0] }
  }

  package mutating func createUser(_ properties: [String: JSONValue]) -> User {
    let id = random.guid()
    var properties = properties
    properties["accountEnabled"] = properties["accountEnabled"] ?? true
    properties["userType"] = properties["userType"] ?? "Member"
    let user = User(id: id, properties: properties)
    insert(user)
    return user
  }

  /// A null takes a property away.
  package mutating func updateUser(_ id: String, _ changes: [String: JSONValue]) {
    guard var user = users[id] else { return }
    forgetPrincipalName(of: user)
    user.properties.merge(changes) { _, new in new }
    user.properties = user.properties.filter { !$0.value.isNull }
    users[id] = user
    idByPrincipalName[user.principalName] = id
    note(.user, id, Set(changes.keys))
  }

  package mutating func setManager(_ manager: String?, of id: String) {
    users[id]?.manager = manager
    note(.user, id, ["manager"])
  }

  package mutating func softDelete(_ id: String) {
    guard let user = users.removeValue(forKey: id) else { return }
    forgetPrincipalName(of: user)
    deleted[id] = user
    note(.user, id)
  }

  package mutating func restore(_ id: String) -> Bool {
    guard let user = deleted.removeValue(forKey: id) else { return false }
    users[id] = user
    idByPrincipalName[user.principalName] = id
    note(.user, id)
    return true
  }

  /// Out of the recycle bin for good, with memberships and assignments.
  package mutating func purge(_ id: String) -> Bool {
    guard deleted.removeValue(forKey: id) != nil else { return false }
    assignments.removeAll { $0.principal == id }
    for group in groups.values where group.members.contains(id) { removeMember(id, from: group.id) }
    userOrder.removeAll { $0 == id }
    note(.user, id)
    return true
  }

  /// A restored user may share the name with one who got it meanwhile.
  private mutating func forgetPrincipalName(of user: User) {
    if idByPrincipalName[user.principalName] == user.id { idByPrincipalName[user.principalName] = nil }
  }

  private mutating func insert(_ user: User) {
    users[user.id] = user
    userOrder.append(user.id)
    idByPrincipalName[user.principalName] = user.id
    note(.user, user.id)
  }

  // MARK: Groups

  package mutating func createGroup(_ displayName: String, _ properties: [String: JSONValue] = [:]) -> Group {
    var properties = properties
    properties["displayName"] = .string(displayName)
    let group = Group(id: random.guid(), properties: properties, members: [])
    groups[group.id] = group
    note(.group, group.id)
    return group
  }

  /// A null takes a property away.
  package mutating func updateGroup(_ id: String, _ changes: [String: JSONValue]) {
    guard var group = groups[id] else { return }
    group.properties.merge(changes) { _, new in new }
    group.properties = group.properties.filter { !$0.value.isNull }
    groups[id] = group
    note(.group, id, Set(changes.keys))
  }

  package mutating func addMember(_ member: String, to group: String) {
    guard groups[group]?.members.contains(member) == false else { return }
    groups[group]?.members.append(member)
    note(.group, group, ["members"], member)
  }

  package mutating func removeMember(_ member: String, from group: String) {
    groups[group]?.members.removeAll { $0 == member }
    note(.group, group, ["members"], member)
  }

  package mutating func deleteGroup(_ id: String) {
    guard let group = groups.removeValue(forKey: id) else { return }
    if group.isRestorable {
      deletedGroups[id] = group
    } else {
      assignments.removeAll { $0.principal == id }
    }
    note(.group, id)
  }

  package mutating func restoreGroup(_ id: String) {
    guard let group = deletedGroups.removeValue(forKey: id) else { return }
    groups[id] = group
    note(.group, id)
  }

  /// Out of the recycle bin for good, with its assignments.
  package mutating func purgeGroup(_ id: String) {
    guard deletedGroups.removeValue(forKey: id) != nil else { return }
    assignments.removeAll { $0.principal == id }
    note(.group, id)
  }

  /// Users among the members; nested groups are followed when `transitively`, circles too.
  package func members(of group: String, transitively: Bool) -> [String] {
    guard transitively else { return groups[group]?.members ?? [] }
    var seen: Set<String> = [group]
    var waiting = [group]
    var found: [String] = []
    while let next = waiting.popLast() {
      for member in groups[next]?.members ?? [] where seen.insert(member).inserted {
        found.append(member)
        if groups[member] != nil { waiting.append(member) }
      }
    }
    return found
  }

  // MARK: Assignments

  package mutating func assign(_ principal: String, role: String) -> Assignment {
    let type = groups[principal] == nil ? "User" : "Group"
    let assignment = Assignment(id: random.guid(), principal: principal, principalType: type, role: role)
    assignments.append(assignment)
    return assignment
  }

  /// - Returns: Whose assignment it was.
  package mutating func unassign(_ id: String) -> String? {
    guard let index = assignments.firstIndex(where: { $0.id == id }) else { return nil }
    return assignments.remove(at: index).principal
  }

  // MARK: Changes

  private mutating func note(_ kind: Kind, _ id: String, _ names: Set<String>? = nil, _ member: String? = nil) {
    changes.append(Change(kind: kind, id: id, names: names, member: member))
  }

  /// The ids of a kind that changed after the first `position` changes, each once, in order.
  package func changed(_ kind: Kind, since position: Int) -> [String] {
    changed(kind, in: position..<max(position, changes.count)).map(\.id)
  }

  /// What became of an object in a part of the record.
  struct Extent {
    /// Nil when all of it may be new.
    var names: Set<String>? = []
    /// Who came and left; nil when all members may be new.
    var members: [String]? = []
  }

  /// The objects of a kind that changed in a part of the record, each once, in order.
  func changed(_ kind: Kind, in range: Range<Int>) -> [(id: String, extent: Extent)] {
    var order: [String] = []
    var extents: [String: Extent] = [:]
    for change in changes[range.clamped(to: changes.indices)] where change.kind == kind {
      if extents[change.id] == nil { order.append(change.id) }
      var extent = extents[change.id] ?? Extent()
      extent.names = change.names.flatMap { extent.names?.union($0) }
      if change.names == nil {
        extent.members = nil
      } else if let member = change.member, extent.members?.contains(member) == false {
        extent.members?.append(member)
      }
      extents[change.id] = extent
    }
    return order.compactMap { id in extents[id].map { (id, $0) } }
  }
}

extension Tenant.User {
  var principalName: String {
    (properties["userPrincipalName"]?.string ?? "").lowercased()
  }
}
