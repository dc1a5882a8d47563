package import ProvisioningModel
import Synchronization

/// A write to a group that had its effect.
package enum GroupWrite: Hashable, Sendable {
  case create(GroupID, GroupKind, [GroupAttribute: String])
  case modify(GroupID, [GroupAttribute: String])
  case delete(GroupID)
  case add(PersonID, GroupID)
  case remove(MemberID, GroupID)
}

extension ModelTarget {
  // MARK: What happens in xMatters, by other hands

  @discardableResult
  package func putGroup(
    _ name: String, kind: GroupKind? = .broadcast, externalKey: String? = nil, members: Set<MemberID> = []
  ) -> GroupID {
    storage.withLock { storage in
      let id = GroupID(storage.nextID("hand-group-"))
      storage.groups[id] = Group(
        id: id, externalKey: externalKey, kind: kind,
        attributes: [.targetName: name, .status: GroupStatus.active])
      storage.members[id] = members
      return id
    }
  }

  /// People that matter only by being there.
  package func putPeople(_ ids: [PersonID]) {
    storage.withLock { storage in
      for id in ids { storage.people[id] = Person(id: id, externalKey: nil, attributes: [:], devices: []) }
    }
  }

  package func changeGroup(_ id: GroupID, _ body: (inout Group) -> Void) {
    storage.withLock { storage in
      guard var group = storage.groups[id] else { return }
      body(&group)
      storage.groups[id] = group
    }
  }

  package func changeMembers(of id: GroupID, _ body: (inout Set<MemberID>) -> Void) {
    storage.withLock { body(&$0.members[id, default: []]) }
  }

  package func removeGroup(_ id: GroupID) {
    storage.withLock { storage in
      storage.groups[id] = nil
      storage.members[id] = nil
    }
  }

  // MARK: What is there

  package var groups: [GroupID: Group] { storage.withLock { $0.groups } }

  package func members(known id: GroupID) -> Set<MemberID> { storage.withLock { $0.members[id] ?? [] } }

  package func groups(withKey externalKey: String) -> [Group] {
    storage.withLock { $0.groups.values.filter { $0.externalKey == externalKey } }
  }

  /// The external keys of groups that were ever deleted or set inactive through the port.
  package var groupRemovals: Set<String> { storage.withLock { $0.groupRemovals } }

  /// What was written since the last call.
  package func takeGroupWrites() -> [GroupWrite] {
    storage.withLock { storage in
      defer { storage.groupWrites = [] }
      return storage.groupWrites
    }
  }

  // MARK: Reads

  package func group(_ id: GroupID) async throws(Failure) -> Group? {
    try await access(.group, gone: .some(nil)) { .success($0.groups[id]) }
  }

  package func group(named name: String) async throws(Failure) -> Group? {
    try await access(.groupNamed) { storage in
      .success(storage.groups.values.first { $0.name?.lowercased() == name.lowercased() })
    }
  }

  package func forEachGroup(_ consume: (Group) throws(Failure) -> Void) async throws(Failure) {
    let fault = try await faults.meet(.forEachGroup)
    let groups = groups.values.sorted { $0.id.rawValue < $1.id.rawValue }
    for group in groups.prefix(fault == nil ? groups.count : groups.count / 2) { try consume(group) }
    if fault != nil { throw .unavailable }
  }

  package func members(of group: GroupID) async throws(Failure) -> Set<MemberID>? {
    try await access(.groupMembers) { storage in
      .success(storage.groups[group] == nil ? nil : storage.members[group] ?? [])
    }
  }

  // MARK: Writes

  package func createGroup(
    _ kind: GroupKind, _ attributes: [GroupAttribute: String], externalKey: String
  ) async throws(Failure) -> Group {
    try await access(.createGroup) { storage in
      let group = Group(
        id: GroupID(storage.nextID("g")), externalKey: externalKey, kind: kind, attributes: attributes)
      if let failure = storage.refusal(of: group) { return .failure(failure) }
      storage.groups[group.id] = group
      storage.members[group.id] = []
      storage.groupWrites.append(.create(group.id, kind, attributes))
      return .success(group)
    }
  }

  package func modifyGroup(
    _ id: GroupID, _ attributes: [GroupAttribute: String], externalKey: String
  ) async throws(Failure) {
    try await access(.modifyGroup) { storage -> Result<Void, Failure> in
      guard var group = storage.groups[id] else { return .failure(.gone) }
      let formerKey = group.externalKey
      group.externalKey = externalKey
      group.attributes.merge(attributes) { _, new in new }
      if let failure = storage.refusal(of: group) { return .failure(failure) }
      storage.groups[id] = group
      if attributes[.status] == GroupStatus.inactive { storage.groupRemovals.insert(formerKey ?? "") }
      storage.groupWrites.append(.modify(id, attributes))
      return .success(())
    }
  }

  package func deleteGroup(_ id: GroupID) async throws(Failure) -> Bool {
    try await access(.deleteGroup) { storage in
      guard let group = storage.groups.removeValue(forKey: id) else { return .success(false) }
      storage.members[id] = nil
      storage.groupRemovals.insert(group.externalKey ?? "")
      storage.groupWrites.append(.delete(id))
      return .success(true)
    }
  }

  package func addMember(_ person: PersonID, to group: GroupID) async throws(Failure) {
    try await access(.addMember) { storage -> Result<Void, Failure> in
      guard storage.groups[group] != nil, storage.people[person] != nil else { return .failure(.gone) }
      storage.members[group, default: []].insert(MemberID(person))
      storage.groupWrites.append(.add(person, group))
      return .success(())
    }
  }

  package func removeMember(_ member: MemberID, from group: GroupID) async throws(Failure) {
    try await access(.removeMember) { storage -> Result<Void, Failure> in
      if storage.members[group]?.remove(member) != nil { storage.groupWrites.append(.remove(member, group)) }
      return .success(())
    }
  }
}

extension ModelTarget.Storage {
  /// People and groups share one name space.
  func isTakenByGroup(_ name: String, besides id: GroupID?) -> Bool {
    groups.values.contains { $0.id != id && $0.name?.lowercased() == name.lowercased() }
  }

  fileprivate func refusal(of group: Group) -> Failure? {
    guard let name = group.name else { return .badRequest }
    let isPerson = people.values.contains { $0.targetName?.lowercased() == name.lowercased() }
    if isPerson || isTakenByGroup(name, besides: group.id) { return .taken }
    let isKeyTaken = groups.values.contains { $0.id != group.id && $0.externalKey == group.externalKey }
    return isKeyTaken ? .taken : nil
  }
}
