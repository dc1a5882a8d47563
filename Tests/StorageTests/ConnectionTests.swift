import ProvisioningModel
import Storage
import TestSupport
import Testing

@Suite("Connections of both kinds, on SQLite as in memory")
struct ConnectionTests {
  private let links = [1, 3, 6].map { Link(objectID: .sample($0), personID: PersonID("p\($0)")) }
  private let groupLinks = [2, 5, 7].map {
    GroupLink(objectID: .sample($0), groupID: GroupID("g\($0)"), condition: $0 == 7 ? .released : .active)
  }

  /// The same in both.
  private func withStates(_ body: (any State) async throws -> Void) async throws {
    let memory = MemoryState()
    links.forEach(memory.put)
    try await memory.adopt(groupLinks)
    try await body(memory)
    try await withStatePath { path in
      let state = try SQLiteState(path: path, now: FixedClock.start)
      try await state.adopt(links)
      try await state.adopt(groupLinks)
      try await body(state)
      state.close()
    }
  }

  @Test("pages go through users and groups in the order of their ids")
  func pages() async throws {
    try await withStates { state in
      let first = try await state.connections(after: nil, limit: 4)
      #expect(first == [.user(links[0]), .group(groupLinks[0]), .user(links[1]), .group(groupLinks[1])])
      let rest = try await state.connections(after: .sample(5), limit: 4)
      #expect(rest == [.user(links[2]), .group(groupLinks[2])])
      #expect(try await state.connections(after: .sample(7), limit: 4).isEmpty)
    }
  }

  @Test("one is found and unlinked whatever its kind; the members of a group go with it")
  func one() async throws {
    try await withStates { state in
      let member = GroupMember(user: .sample(1), person: PersonID("p1"))
      try await state.record(
        RunRecord(objectID: .sample(2), escrow: .unchanged, group: GroupChange(members: [member]), entry: nil))
      #expect(try await state.connection(.sample(1)) == .user(links[0]))
      #expect(try await state.connection(.sample(2)) == .group(groupLinks[0]))
      #expect(try await state.connection(.sample(4)) == nil)
      for (number, isThere) in [(1, true), (2, true), (4, false), (1, false), (2, false)] {
        #expect(try await state.unlink(.sample(number)) == isThere)
        #expect(try await state.connection(.sample(number)) == nil)
      }
      #expect(try await state.members(of: .sample(2)).isEmpty)
    }
  }

  @Test("what is in sync is counted by kind; a reset of links takes both away")
  func countsAndReset() async throws {
    try await withStates { state in
      #expect(try await state.synchronizedEntryCounts() == [.user: 3, .group: 2])
      try await state.reset(.links)
      #expect(try await state.connections(after: nil, limit: 10).isEmpty)
      #expect(try await state.synchronizedEntryCounts() == [.user: 0, .group: 0])
    }
  }
}
