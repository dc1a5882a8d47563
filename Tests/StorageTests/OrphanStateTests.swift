import ProvisioningModel
import Storage
import TestSupport
import Testing

@Suite("Orphans on disk")
struct OrphanStateTests {
  @Test("Given orphans of both kinds, they come in pages, are counted, and are managed by nothing")
  func pages() async throws {
    try await withStatePath { path in
      let state = try SQLiteState(path: path, now: FixedClock.start)
      let seen = FixedClock.start + .seconds(60)
      let links = [
        Link(objectID: .sample(1), personID: PersonID("p1"), targetName: "one", proof: .unproven, orphanSince: seen),
        Link(objectID: .sample(3), personID: PersonID("p3"), proof: .unproven),
        Link(objectID: .sample(4), personID: PersonID("p4"), proof: .unproven, orphanSince: FixedClock.start),
      ]
      try await state.adopt(links)
      let group = GroupLink(
        objectID: .sample(2), groupID: GroupID("g2"), targetName: "two", proof: .unproven, orphanSince: seen)
      try await state.adopt([group])
      #expect(try await state.links() == links)
      #expect(try await state.groupLinks() == [group])
      let first = try await state.orphans(after: nil, limit: 2)
      #expect(
        first == [
          Orphan(objectID: .sample(1), kind: .user, targetID: TargetID("p1"), targetName: "one", firstSeen: seen),
          Orphan(objectID: .sample(2), kind: .group, targetID: TargetID("g2"), targetName: "two", firstSeen: seen),
        ])
      #expect(try await state.orphans(after: .sample(2), limit: 2).map(\.objectID) == [.sample(4)])
      #expect(try await state.orphanCount(since: seen) == OrphanCount(all: 3, new: 2))
      #expect(try await state.activeLinkCount() == 1)
      #expect(try await state.synchronizedEntryCounts() == [.user: 1, .group: 0])
      state.close()
    }
  }
}
