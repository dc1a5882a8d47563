import ProvisioningModel
import Storage
import TestSupport
import Testing

@Suite("Lost links on disk")
struct LostLinkStateTests {
  @Test("Given lost links, they are read back, known by their time, and release no other link")
  func lost() async throws {
    try await withStatePath { path in
      let state = try SQLiteState(path: path, now: FixedClock.start)
      let person = PersonID("p")
      try await state.adopt([Link(objectID: .sample(2), personID: person)])
      let later = FixedClock.start + .seconds(1)
      #expect(try await !state.hasLostLinks(since: FixedClock.start))
      let link = Link(objectID: .sample(1), personID: person, lostSince: FixedClock.start)
      try await state.record(RunRecord(objectID: .sample(1), link: .set(link), escrow: .unchanged, entry: nil))
      #expect(try await state.link(.sample(1)) == link)
      #expect(try await state.link(.sample(2))?.condition == .active)
      #expect(try await state.hasLostLinks(since: FixedClock.start))
      #expect(try await !state.hasLostLinks(since: later))
      let group = GroupLink(objectID: .sample(500), groupID: GroupID("g"), lostSince: later)
      try await state.record(
        RunRecord(
          objectID: .sample(500), kind: .group, escrow: .unchanged, group: GroupChange(link: .set(group)), entry: nil))
      #expect(try await state.groupLink(.sample(500)) == group)
      #expect(try await state.hasLostLinks(since: later))
      state.close()
    }
  }
}
