package import ProvisioningModel
import Synchronization

// Groups in a rehearsal.

extension RehearsalTarget {
  // MARK: Reads

  package func group(_ id: GroupID) async throws(Failure) -> Group? {
    if case .unknown = groups.withLock({ $0.know(id) }), let group = try await real.group(id) {
      groups.withLock { $0.learn(group) }
    }
    return if case .here(let group) = groups.withLock({ $0.know(id) }) { group } else { nil }
  }

  package func group(named name: String) async throws(Failure) -> Group? {
    if let group = groups.withLock({ $0.group(named: name) }) { return group }
    guard let group = try await real.group(named: name) else { return nil }
    groups.withLock { $0.learn(group) }
    // Renamed or deleted in the rehearsal, it is not found by this name any more.
    return groups.withLock { $0.group(named: name) }
  }

  package func forEachGroup(_ consume: (Group) throws(Failure) -> Void) async throws(Failure) {
    try await real.forEachGroup { listed throws(Failure) in
      groups.withLock { $0.learn(listed) }
      if case .here(let group) = groups.withLock({ $0.know(listed.id) }) { try consume(group) }
    }
    for group in groups.withLock({ $0.additions }) { try consume(group) }
  }

  package func members(of group: GroupID) async throws(Failure) -> Set<MemberID>? {
    if case .gone = groups.withLock({ $0.know(group) }) { return nil }
    if let members = groups.withLock({ $0.members(of: group) }) { return members }
    guard let members = try await real.members(of: group) else { return nil }
    groups.withLock { $0.learn(members, of: group) }
    return groups.withLock { $0.members(of: group) }
  }

  // MARK: Writes that are not sent

  package func createGroup(
    _ kind: GroupKind, _ attributes: [GroupAttribute: String], externalKey: String
  ) async throws(Failure) -> Group {
    var attributes = attributes
    if attributes[.status] == nil { attributes[.status] = GroupStatus.active }
    let group = Group(
      id: GroupID("new:" + externalKey), externalKey: externalKey, kind: kind, attributes: attributes)
    try await refuseTakenName(attributes[.targetName], of: group.id)
    groups.withLock { $0.put(group, isNew: true) }
    return group
  }

  package func modifyGroup(
    _ id: GroupID, _ attributes: [GroupAttribute: String], externalKey: String
  ) async throws(Failure) {
    guard var group = try await group(id) else { throw .groupGoneInRehearsal }
    try await refuseTakenName(attributes[.targetName], of: id)
    group.externalKey = externalKey
    group.attributes.merge(attributes) { _, new in new }
    groups.withLock { [group] in $0.put(group) }
  }

  package func deleteGroup(_ id: GroupID) async throws(Failure) -> Bool {
    guard try await group(id) != nil else { return false }
    groups.withLock { $0.remove(id) }
    return true
  }

  package func addMember(_ person: PersonID, to group: GroupID) async throws(Failure) {
    try await change(group) { $0.insert(MemberID(person)) }
  }

  package func removeMember(_ member: MemberID, from group: GroupID) async throws(Failure) {
    try await change(group) { $0.remove(member) }
  }

  private func change(_ group: GroupID, _ body: (inout Set<MemberID>) -> Void) async throws(Failure) {
    guard try await members(of: group) != nil else { throw .groupGoneInRehearsal }
    groups.withLock { $0.change(group, body) }
  }

  /// People and groups share one name space in xMatters.
  private func refuseTakenName(_ name: String?, of id: GroupID) async throws(Failure) {
    guard let name else { return }
    let isOtherGroup = try await group(named: name).map { $0.id != id } ?? false
    let isPerson = try await !people(where: .targetName, equals: name).isEmpty
    guard isOtherGroup || isPerson else { return }
    throw Failure(
      .escrow, .conflict, "The group's name is taken by another group, or a person, in xMatters.",
      advice: "Free the name in xMatters, or change it in the directory.")
  }
}

extension Failure {
  fileprivate static let groupGoneInRehearsal = Failure(
    .reread, .invalidAnchor, "The group is gone from xMatters.", advice: "Nothing to do: it is looked for anew.")
}
