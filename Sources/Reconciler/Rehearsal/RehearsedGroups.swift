import ProvisioningModel

/// The groups of a rehearsal, as far as they are known: what xMatters said, overlaid by the writes that were not sent.
struct RehearsedGroups: Sendable {
  enum Knowledge: Sendable {
    case here(Group)
    case gone
    case unknown
  }

  private var groups: [GroupID: Group?] = [:]
  private var created: [GroupID] = []
  private var members: [GroupID: Set<MemberID>] = [:]

  /// Those that would be made, in the order of their making.
  var additions: [Group] { created.compactMap { groups[$0] ?? nil } }

  func know(_ id: GroupID) -> Knowledge {
    switch groups[id] {
    case nil: .unknown
    case .some(nil): .gone
    case .some(let group?): .here(group)
    }
  }

  func group(named name: String) -> Group? {
    let name = name.lowercased()
    return groups.values.lazy.compactMap(\.self).first { $0.name?.lowercased() == name }
  }

  func members(of id: GroupID) -> Set<MemberID>? { members[id] }

  /// Takes in what xMatters says, unless a write has been overlaid.
  mutating func learn(_ group: Group) {
    if groups[group.id] == nil { groups[group.id] = group }
  }

  mutating func learn(_ members: Set<MemberID>, of id: GroupID) {
    if self.members[id] == nil { self.members[id] = members }
  }

  mutating func put(_ group: Group, isNew: Bool = false) {
    groups[group.id] = group
    guard isNew else { return }
    created.append(group.id)
    members[group.id] = []
  }

  mutating func remove(_ id: GroupID) {
    groups[id] = .some(nil)
    members[id] = nil
  }

  mutating func change(_ id: GroupID, _ body: (inout Set<MemberID>) -> Void) {
    body(&members[id, default: []])
  }
}
