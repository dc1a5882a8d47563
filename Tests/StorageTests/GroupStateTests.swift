import ProvisioningModel
import Storage
import TestSupport
import Testing

@Suite("Groups on SQLite")
struct GroupStateTests {
  private static let now = FixedClock.start

  private func link(_ number: Int, condition: Link.Condition = .active, digest: UInt64? = .max) -> GroupLink {
    GroupLink(
      objectID: .sample(number), groupID: GroupID("g\(number)"), condition: condition, digest: digest,
      targetName: "Group \(number)")
  }

  private func member(_ number: Int, _ person: String? = nil) -> GroupMember {
    GroupMember(user: .sample(number), person: person.map { PersonID($0) })
  }

  private func record(_ change: GroupChange, of number: Int, in state: SQLiteState) async throws {
    try await state.record(RunRecord(objectID: .sample(number), escrow: .unchanged, group: change, entry: nil))
  }

  @Test("what is recorded of a group is there after the file is opened again")
  func persistence() async throws {
    try await withStatePath { path in
      let first = try SQLiteState(path: path, now: Self.now)
      let members: Set = [member(1, "p1"), member(2)]
      try await record(GroupChange(link: .set(link(500)), members: members), of: 500, in: first)
      first.close()
      let again = try SQLiteState(path: path, now: Self.now)
      #expect(try await again.groupLinks() == [link(500)])
      #expect(try await again.groupLink(.sample(500)) == link(500))
      #expect(try await again.members(of: .sample(500)) == members)
      again.close()
    }
  }

  @Test("members are kept, replaced, and go with the link")
  func members() async throws {
    try await withStatePath { path in
      let state = try SQLiteState(path: path, now: Self.now)
      try await record(GroupChange(link: .set(link(500)), members: [member(1, "p1")]), of: 500, in: state)
      try await record(GroupChange(link: .set(link(501)), members: [member(1)]), of: 501, in: state)
      try await record(GroupChange(link: .set(link(500, digest: nil))), of: 500, in: state)
      #expect(try await state.members(of: .sample(500)) == [member(1, "p1")])
      #expect(try await state.groups(containing: .sample(1)) == [.sample(500), .sample(501)])
      try await record(GroupChange(members: [member(2, "p2"), member(3)]), of: 500, in: state)
      #expect(try await state.members(of: .sample(500)) == [member(2, "p2"), member(3)])
      #expect(try await state.groups(containing: .sample(1)) == [.sample(501)])
      try await record(GroupChange(link: .remove), of: 500, in: state)
      #expect(try await state.members(of: .sample(500)).isEmpty)
      #expect(try await state.groupLinks().map(\.objectID) == [.sample(501)])
      state.close()
    }
  }

  @Test("the groups that are behind their members are those whose members' links say something else")
  func behind() async throws {
    try await withStatePath { path in
      let state = try SQLiteState(path: path, now: Self.now)
      let model = MemoryState()
      let links: [Link] = [
        .init(objectID: .sample(1), personID: PersonID("p1")),
        .init(objectID: .sample(2), personID: PersonID("p2"), condition: .disabled),
        .init(objectID: .sample(3), personID: PersonID("p3"), condition: .released),
      ]
      try await state.adopt(links)
      links.forEach(model.put)
      let rows: [(Int, GroupMember, isBehind: Bool)] = [
        (500, member(1, "p1"), false), (501, member(1), true), (502, member(1, "other"), true),
        (503, member(2, "p2"), false), (504, member(2), true), (505, member(3), false), (506, member(3, "p3"), true),
        (507, member(4), false), (508, member(4, "p4"), false),
      ]
      for (group, member, _) in rows {
        let change = GroupChange(link: .set(link(group)), members: [member])
        for state in [state, model] as [any State] {
          try await state.record(
            RunRecord(objectID: .sample(group), escrow: .unchanged, group: change, entry: nil))
        }
      }
      let expected = rows.filter(\.isBehind).map { ObjectID.sample($0.0) }
      #expect(try await state.groupsBehindTheirMembers() == expected)
      #expect(try await model.groupsBehindTheirMembers() == expected)
      state.close()
    }
  }

  @Test("links of many users are found in one call")
  func manyLinks() async throws {
    try await withStatePath { path in
      let state = try SQLiteState(path: path, now: Self.now)
      try await state.adopt((0..<1800).map { Link(objectID: .sample($0), personID: PersonID("p\($0)")) })
      let found = try await state.links(of: Set((0..<3000).filter { $0 % 2 == 0 }.map { .sample($0) }))
      #expect(found.count == 900 && Set(found.map(\.objectID)).count == 900)
      #expect(try await state.links(of: []).isEmpty)
      state.close()
    }
  }

  @Test("links from a listing never replace what is there; what was applied can be forgotten")
  func adoption() async throws {
    try await withStatePath { path in
      let state = try SQLiteState(path: path, now: Self.now)
      try await state.adopt([link(500), link(501)])
      try await state.adopt([link(500, condition: .released, digest: nil)])
      #expect(try await state.groupLink(.sample(500)) == link(500))
      try await state.forgetDigests()
      #expect(try await state.groupLinks().allSatisfy { $0.digest == nil })
      state.close()
    }
  }

  @Test("a step of a run leaves the escrow as it is")
  func escrowStays() async throws {
    try await withStatePath { path in
      let state = try SQLiteState(path: path, now: Self.now)
      let escrow = Escrow(
        objectID: .sample(500), kind: .group, failure: .badRequest, attempts: 2, firstFailure: Self.now,
        lastAttempt: Self.now, nextAttempt: nil)
      try await state.record(RunRecord(objectID: .sample(500), escrow: .set(escrow), entry: nil))
      try await record(GroupChange(link: .set(link(500))), of: 500, in: state)
      #expect(try await state.escrow(.sample(500))?.attempts == 2)
      state.close()
    }
  }
}
