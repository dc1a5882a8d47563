import ProvisioningModel
import Storage
import TestSupport
import Testing

@Suite("Who loses something by removals, on disk")
struct RemovalPeopleTests {
  private let people: Set<ObjectID> = [.sample(1), .sample(2)]

  @Test("Given removals of groups, their people are read back, and forgotten with the last of them")
  func people() async throws {
    try await withStatePath { path in
      let state = try SQLiteState(path: path, now: FixedClock.start)
      let counted = CountedRemoval(
        objectID: .sample(500), kind: .group, at: FixedClock.start, isCarriedOut: false, people: people)
      let held = HeldRemoval(
        objectID: .sample(501), kind: .group, action: .disable, since: FixedClock.start, people: [.sample(3)])
      try await state.count([counted], forgettingBefore: FixedClock.start)
      try await state.hold([held], [])
      #expect(try await state.countedRemovals() == [counted])
      #expect(try await state.heldRemovals() == [held])
      var record = RunRecord(objectID: .sample(501), kind: .group, escrow: .unchanged, entry: nil)
      var done = counted
      (done.objectID, done.isCarriedOut) = (.sample(501), true)
      record.removal = .count(done)
      try await state.record(record)
      #expect(try await state.heldRemovals().isEmpty)
      #expect(try await Set(state.countedRemovals()) == [counted, done])
      let user = CountedRemoval(objectID: .sample(9), kind: .user, at: FixedClock.start, isCarriedOut: false)
      try await state.count([user], forgettingBefore: FixedClock.start + .seconds(1))
      #expect(try await state.countedRemovals() == [user])
      try await state.count([counted], forgettingBefore: FixedClock.start)
      #expect(try await Set(state.countedRemovals()) == [counted, user])
      state.close()
    }
  }

  @Test("Given members of groups, those who were put in are known, each once")
  func members() async throws {
    try await withStatePath { path in
      let state = try SQLiteState(path: path, now: FixedClock.start)
      for (group, members) in [(500, [1, 2]), (501, [2, 3])] {
        let recorded = Set(
          members.map { GroupMember(user: .sample($0), person: $0 == 3 ? nil : PersonID("p\($0)")) })
        try await state.record(
          RunRecord(
            objectID: .sample(group), kind: .group, escrow: .unchanged, group: GroupChange(members: recorded),
            entry: nil))
      }
      #expect(try await state.groupMembers() == people)
      state.close()
    }
  }
}
