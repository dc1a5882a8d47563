import ProvisioningModel
import Storage
import TestSupport
import Testing

@Suite("Tombstones on disk")
struct TombstoneStateTests {
  @Test(
    "Given what was unlinked, or released before links were forgotten, it has a tombstone until it is linked by a run")
  func tombstones() async throws {
    try await withStatePath { path in
      let state = try SQLiteState(path: path, now: FixedClock.start)
      let links = (1...3).map { number in
        Link(objectID: .sample(number), personID: PersonID("p\(number)"), condition: number == 3 ? .released : .active)
      }
      try await state.adopt(links)
      try await state.adopt([GroupLink(objectID: .sample(4), groupID: GroupID("g"))])
      for number in [1, 4, 5] { _ = try await state.unlink(.sample(number)) }
      #expect(try await state.tombstones() == [.sample(1), .sample(4)])
      try await state.reset(.links)
      #expect(try await state.tombstones() == [.sample(1), .sample(3), .sample(4)])
      try await state.record(RunRecord(objectID: .sample(1), link: .set(links[0]), escrow: .unchanged, entry: nil))
      #expect(try await state.tombstones() == [.sample(3), .sample(4)])
      state.close()
    }
  }
}
