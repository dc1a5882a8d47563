import Foundation
import ProvisioningModel
import Storage
import Testing

@Suite struct SQLiteStateTests {
  private static let now = Timestamp(milliseconds: 1_767_225_600_000)

  private func link(_ number: Int, digest: UInt64? = .max) -> Link {
    Link(
      objectID: ObjectID("user-\(number)"), personID: PersonID("person-\(number)"), condition: .active, digest: digest,
      targetName: "name \(number)", pendingSupervisor: number % 2 == 0 ? ObjectID("boss") : nil)
  }

  private var failure: Failure {
    Failure(
      .escrow, .conflict, "taken", advice: "free it",
      exchange: Exchange(upstream: "xmatters", method: "POST", route: "/people", status: 409, message: "Conflict"))
  }

  @Test("what is recorded is there after the file is opened again")
  func persistence() async throws {
    try await withStatePath { path in
      let escrow = Escrow(
        objectID: ObjectID("user-1"), kind: .user, failure: failure, attempts: 3, firstFailure: Self.now,
        lastAttempt: Self.now, nextAttempt: nil)
      let entry = ProvisioningLogEntry(
        id: "e1", time: Self.now, cycleID: "c1", action: .create, status: .failure, duration: .milliseconds(12),
        objectID: ObjectID("user-1"), kind: .user, sourceName: "A", targetID: TargetID("person-1"), targetName: "a",
        steps: [.init(.export, "EntryExportAdd", .failure, "no", details: ["errorCode": "EntryConflict"])],
        modifiedProperties: [.init(name: "firstName", oldValue: nil, newValue: "A")], failure: failure)
      let watermark = Watermark(users: "u", groups: "g", fingerprint: .max, storedAt: Self.now, fullCycleAt: Self.now)
      let subscription = SubscriptionRecord(
        id: "s", resource: "/users", expiration: Self.now, notificationURL: "https://x", clientStateDigest: "d")
      let first = try SQLiteState(path: path, now: Self.now)
      try await first.record(
        RunRecord(objectID: ObjectID("user-1"), link: .set(link(1)), escrow: .set(escrow), entry: entry))
      try await first.setWatermark(watermark, revisiting: [])
      try await first.setSubscriptions([subscription])
      first.close()
      let again = try SQLiteState(path: path, now: Self.now)
      #expect(try await again.links() == [link(1)])
      #expect(try await again.escrows() == [escrow])
      #expect(try await again.log(limit: 10) == [entry])
      #expect(try await again.watermark() == watermark)
      #expect(try await again.subscriptions() == [subscription])
      #expect(again.damagedFile == nil)
      again.close()
    }
  }

  @Test("links are found by user, by person and by the manager they wait for")
  func links() async throws {
    try await withStatePath { path in
      let state = try SQLiteState(path: path, now: Self.now)
      try await state.adopt((1...4).map { link($0) })
      try await state.adopt([link(1, digest: nil)])
      #expect(try await state.link(ObjectID("USER-1")) == link(1), "what is there already is kept")
      #expect(try await state.link(person: PersonID("person-3"))?.objectID == ObjectID("user-3"))
      #expect(try await Set(state.links(awaiting: ObjectID("boss"))) == [ObjectID("user-2"), ObjectID("user-4")])
      #expect(try await state.linksAwaitingSomebodyLinked().isEmpty)
      try await state.adopt([Link(objectID: ObjectID("boss"), personID: PersonID("person-boss"))])
      #expect(try await Set(state.linksAwaitingSomebodyLinked()) == [ObjectID("user-2"), ObjectID("user-4")])
      try await state.forgetDigests()
      #expect(try await state.links().allSatisfy { $0.digest == nil })
      try await state.record(RunRecord(objectID: ObjectID("user-1"), link: .remove, escrow: .clear, entry: nil))
      #expect(try await state.link(ObjectID("user-1")) == nil)
      #expect(try await state.unlink(ObjectID("user-2")))
      #expect(try await !state.unlink(ObjectID("user-2")))
      #expect(try await state.link(ObjectID("user-2")) == nil)
      state.close()
    }
  }

  @Test("a person is one user's: another linked to the same one is released, and goes with it")
  func onePersonOneUser() async throws {
    try await withStatePath { path in
      let state = try SQLiteState(path: path, now: Self.now)
      try await state.adopt([link(1), link(2)])
      var taken = link(3)
      taken.personID = link(1).personID
      try await state.record(RunRecord(objectID: taken.objectID, link: .set(taken), escrow: .clear, entry: nil))
      #expect(try await state.link(taken.objectID) == taken)
      let former = try #require(try await state.link(ObjectID("user-1")))
      #expect(former.condition == .released && former.digest == nil)
      #expect(try await state.link(ObjectID("user-2")) == link(2))
      var listed = link(4)
      listed.personID = link(2).personID
      try await state.adopt([listed])
      #expect(try await state.link(ObjectID("user-2"))?.condition == .released)
      try await state.record(RunRecord(objectID: taken.objectID, link: .remove, escrow: .clear, entry: nil))
      #expect(try await state.links().map(\.objectID) == [ObjectID("user-2"), listed.objectID])
      state.close()
    }
  }

  @Test("of each user the entitlement it was last looked at with is kept, and forgotten of all at once")
  func entitlements() async throws {
    try await withStatePath { path in
      let state = try SQLiteState(path: path, now: Self.now)
      let ids = (1...3).map { ObjectID("user-\($0)") }
      func record(_ id: ObjectID, _ change: RunRecord.EntitlementChange) async throws {
        var record = RunRecord(objectID: id, link: .unchanged, escrow: .clear, entry: nil)
        record.entitlement = change
        try await state.record(record)
      }
      for (number, id) in ids.enumerated() { try await record(id, .set(.max - UInt64(number))) }
      try await record(ids[0], .set(7))
      try await record(ids[1], .set(nil))
      try await record(ids[2], .unchanged)
      var group = RunRecord(objectID: ObjectID("group-1"), kind: .group, escrow: .clear, entry: nil)
      group.entitlement = .set(5)
      try await state.record(group)
      #expect(try await state.entitlements(of: .user) == [ids[0]: 7, ids[2]: .max - 2])
      #expect(try await state.kept(of: ids[0]) == KeptObject(entitlement: 7))
      #expect(try await state.kept(of: ids[1]) == KeptObject())
      try await record(ids[1], .forgetAll)
      #expect(
        try await state.entitlements(of: .user) == [ids[0]: 0, ids[1]: 0, ids[2]: 0],
        "they are all looked at again, also those that it was said for")
      #expect(try await state.entitlements(of: .group) == [ObjectID("group-1"): 5])
      state.close()
    }
  }

  @Test("a damaged file is set aside and a new one begun", arguments: ["not a database at all", ""])
  func damage(content: String) async throws {
    try await withStatePath { path in
      try Data(String(repeating: content, count: 500).utf8).write(to: URL(filePath: path))
      let state = try SQLiteState(path: path, now: Self.now)
      #expect((state.damagedFile != nil) == !content.isEmpty)
      if let aside = state.damagedFile { #expect(FileManager.default.fileExists(atPath: aside)) }
      #expect(try await state.links().isEmpty)
      state.close()
    }
  }

  @Test("a file has one owner")
  func owner() async throws {
    try await withStatePath { path in
      let state = try SQLiteState(path: path, now: Self.now)
      #expect { try SQLiteState(path: path, now: Self.now) } throws: { error in
        (error as? Failure)?.reason.contains("Another process") == true
      }
      state.close()
    }
  }

  @Test("a place that cannot be written to is said")
  func unwritable() {
    #expect { try SQLiteState(path: "/nowhere/at/all/state.sqlite", now: Self.now) } throws: { error in
      let failure = error as? Failure
      return failure?.code == .stateUnavailable && failure?.reason.contains("/nowhere/at/all") == true
    }
  }

  @Test("what a job remembers of itself is there after the file is opened again")
  func jobRecord() async throws {
    try await withStatePath { path in
      var execution = CycleExecution(id: "c1", kind: .full, began: Self.now)
      execution.ended = Self.now + .seconds(9)
      execution.failure = failure
      execution.counts.imported = 1
      execution.counts.importedDeltas = 2
      execution.counts.importedReferenceDeltas = 3
      execution.counts.entitled = 4
      execution.counts.entitledForProvisioning = 5
      execution.counts.exports = 6
      execution.counts.exported = 7
      execution.counts.escrowed = 8
      var record = JobRecord()
      record.isPaused = true
      record.last = execution
      record.lastSuccessfulWithExports = CycleExecution(id: "c0", kind: .initial, began: Self.now)
      record.successiveCompleteFailures = 3
      record.steadyStateFirstAchieved = Self.now
      let first = try SQLiteState(path: path, now: Self.now)
      #expect(try await first.jobRecord() == JobRecord())
      try await first.setJobRecord(record)
      first.close()
      let again = try SQLiteState(path: path, now: Self.now)
      #expect(try await again.jobRecord() == record)
      again.close()
    }
  }

  @Test("a reset takes away what it names, and with the links the watermark", arguments: [1, 2, 4, 7])
  func reset(rawValue: Int) async throws {
    try await withStatePath { path in
      let reset = StateReset(rawValue: rawValue)
      let state = try SQLiteState(path: path, now: Self.now)
      let escrow = Escrow(
        objectID: ObjectID("user-1"), kind: .user, failure: failure, attempts: 3, firstFailure: Self.now,
        lastAttempt: Self.now, nextAttempt: nil)
      var record = RunRecord(objectID: ObjectID("user-1"), link: .set(link(1)), escrow: .set(escrow), entry: nil)
      record.entitlement = .set(7)
      try await state.record(record)
      try await state.setWatermark(
        Watermark(users: "u", groups: "g", fingerprint: 1, storedAt: Self.now, fullCycleAt: Self.now), revisiting: [])
      #expect(try await state.synchronizedEntryCounts() == [.user: 1, .group: 0])
      try await state.reset(reset)
      #expect(try await state.entitlements(of: .user) == (reset.contains(.links) ? [:] : [ObjectID("user-1"): 7]))
      #expect(try await state.links().isEmpty == reset.contains(.links))
      #expect(try await state.escrows().isEmpty == reset.contains(.escrows))
      #expect(try await (state.watermark() == nil) == (reset.contains(.watermark) || reset.contains(.links)))
      state.close()
    }
  }
}
