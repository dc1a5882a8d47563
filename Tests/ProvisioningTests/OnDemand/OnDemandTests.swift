import Reconciler
import ProvisioningModel
import ProvisioningRules
import SynchronizationJob
import TestSupport
import Testing
import WorkQueue

@Suite("Provision on demand")
struct OnDemandTests {
  private let rig = JobRig()

  private func provision(_ number: Int, dryRun: Bool = false) async throws -> ProvisioningLogEntry {
    let entries = try await rig.provision([JobSubject(.sample(number), .user)], dryRun: dryRun)
    #expect(entries.map(\.objectID) == [.sample(number)])
    return try #require(entries.first)
  }

  private static let steps: [ProvisioningLogEntry.StepKind] = [.import, .scoping, .matching, .processing, .export]

  @Test("Given a new user, the five steps are told with their details, and the person is there")
  func create() async throws {
    rig.hire(.sample(1))
    let entry = try await provision(1)
    #expect(entry.action == .create && entry.status == .success)
    #expect(entry.steps.map(\.kind) == Self.steps)
    #expect(entry.steps.allSatisfy { $0.status == .success })
    #expect(entry.steps[0].details["userPrincipalName"] == "user1@example.org")
    #expect(entry.steps[1].details["Assigned"] == "True" && entry.steps[1].details["IsActive"] == "True")
    #expect(entry.steps[2].details["targetName"] == "user1@example.org")
    #expect(entry.steps[3].details["firstName"] == "Given1" && entry.steps[3].details["devices.Work Email"] != nil)
    #expect(entry.modifiedProperties.contains { $0.name == "site" && $0.newValue == "Default Site" })
    #expect(rig.target.people(withKey: "entra:" + ObjectID.sample(1).rawValue).count == 1)
    #expect(rig.state.entries.map(\.id) == [entry.id])
  }

  @Test("Given a dry run, the same is told and nothing is sent or stored")
  func dryRun() async throws {
    rig.hire(.sample(1))
    let entry = try await provision(1, dryRun: true)
    #expect(entry.action == .create && entry.status == .success)
    #expect(entry.steps.map(\.kind) == Self.steps)
    #expect(rig.target.writes.isEmpty && rig.state.allLinks.isEmpty && rig.state.entries.isEmpty)
  }

  @Test("Given a user who is equal, it says so after reading both sides")
  func equal() async throws {
    rig.hire(.sample(1))
    _ = try await provision(1)
    let reads = rig.target.faults.calls(.person)
    let entry = try await provision(1)
    #expect(entry.status == .skipped && entry.action == .other)
    #expect(entry.steps.map(\.kind) == Self.steps)
    #expect(entry.steps.last?.details["SkipReason"] == "RedundantExport")
    #expect(rig.target.faults.calls(.person) > reads)
  }

  @Test("Given a person who was changed by hand, it is put right whatever was last applied")
  func drift() async throws {
    rig.hire(.sample(1))
    let id = try #require(try await provision(1).targetID.map { PersonID($0.rawValue) })
    rig.target.change(id) { $0.attributes[.firstName] = .text("Scribble") }
    let entry = try await provision(1)
    #expect(entry.modifiedProperties == [.init(name: "firstName", oldValue: "Scribble", newValue: "Given1")])
  }

  /// A user in some state, and what on demand makes of it.
  struct Leaver: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var happens: @Sendable (ModelDirectory) -> Void
    var action: ProvisioningLogEntry.Action
    var status: ProvisioningLogEntry.Status
  }

  static let leavers = [
    Leaver(
      testDescription: "disabled", happens: { $0.change(.sample(1)) { $0.accountEnabled = false } }, action: .disable,
      status: .success),
    Leaver(testDescription: "unassigned", happens: { $0.unassign(.sample(1)) }, action: .disable, status: .success),
    Leaver(testDescription: "soft-deleted", happens: { $0.softDelete(.sample(1)) }, action: .disable, status: .success),
    Leaver(testDescription: "hard-deleted", happens: { $0.hardDelete(.sample(1)) }, action: .delete, status: .success),
  ]

  @Test("Given a provisioned user who has left in any way, on demand takes them out", arguments: leavers)
  func leaving(_ leaver: Leaver) async throws {
    rig.hire(.sample(1))
    _ = try await provision(1)
    leaver.happens(rig.directory)
    let entry = try await provision(1)
    #expect(entry.action == leaver.action && entry.status == leaver.status)
    #expect(entry.steps.map(\.kind) == Self.steps)
    #expect(entry.failure == nil)
  }

  @Test(
    "Given a user never provisioned who has left in any way, no person is made and the reason is told",
    arguments: leavers)
  func neverProvisioned(_ leaver: Leaver) async throws {
    rig.hire(.sample(1))
    leaver.happens(rig.directory)
    let entry = try await provision(1)
    let isUnknown = leaver.action == .delete
    #expect(entry.status == (isUnknown ? .failure : .skipped))
    #expect(entry.failure?.code == (isUnknown ? .importSkipped : nil))
    #expect(entry.steps.map(\.kind) == Self.steps)
    #expect(entry.steps.last?.status == .skipped)
    #expect(rig.target.people.isEmpty && rig.state.allEscrows.isEmpty)
  }

  @Test("Given a mapping that hides its value, neither the value nor what it is made of is told")
  func redaction() async throws {
    var rig = JobRig()
    rig.policy.mapping = .sample(
      AttributeMapping.defaults(replacing: .sample("devices.Mobile Phone", "[mobilePhone]", isRedacted: true)))
    rig.hire(.sample(1))
    let entry = try #require(try await rig.provision([JobSubject(.sample(1), .user)]).first)
    #expect(entry.steps[0].details["mobilePhone"] == "[Redact]")
    #expect(entry.steps[3].details["devices.Mobile Phone"] == "[Redact]")
    #expect(entry.modifiedProperties.contains { $0.name == "devices.Mobile Phone" && $0.newValue == "[Redact]" })
    #expect(!"\(entry)".contains("7946"))
  }

  @Test("Given a failure, it stands at the step where it happened, and those after it were not reached")
  func failure() async throws {
    rig.hire(.sample(1, changing: ["givenName": nil, "displayName": nil]))
    let entry = try await provision(1)
    #expect(entry.failure?.code == .mandatoryFieldsMissing && entry.status == .failure)
    #expect(entry.steps.map(\.kind) == Self.steps)
    #expect(entry.steps.map(\.status) == [.success, .success, .skipped, .failure, .skipped])
  }

  @Test("Given no value to look for the person by, the user is skipped, which is told and is no escrow")
  func importSkipped() async throws {
    rig.hire(.sample(1, changing: ["userPrincipalName": nil]))
    let entry = try await provision(1)
    #expect(entry.failure?.code == .importSkipped && entry.status == .skipped)
    #expect(entry.steps.map(\.kind) == Self.steps)
    #expect(rig.target.people.isEmpty && rig.state.allEscrows.isEmpty)
  }

  @Test("Given a failure that passes within seconds, what came of it in the end is told")
  func passingFailure() async throws {
    rig.hire(.sample(1))
    rig.directory.faults.plan(.user, .unavailable)
    #expect(try await provision(1).status == .success)
  }

  @Test("Given such a failure, and a signal for the same user while it ran, what came of it in the end is told")
  func passingFailureAndSignal() async throws {
    rig.hire(.sample(1))
    let faults = rig.directory.faults
    let entries = try await rig.provision([JobSubject(.sample(1), .user)]) { job in
      faults.decide { operation in
        guard operation == .user, faults.calls(.user) == 1 else { return nil }
        _ = job.queue.add(.user(.sample(1)), priority: .live)
        return .unavailable
      }
    }
    #expect(entries.map(\.status) == [.success])
  }

  @Test("Given a group, all of its members are provisioned, each once")
  func group() async throws {
    for number in 1...150 { rig.directory.put(.sample(number)) }
    rig.directory.setMembers(of: .sample(500), Set((1...150).map { .sample($0) }))
    rig.directory.assign(.sample(500), .group)
    let entries = try await rig.provision([JobSubject(.sample(7), .user), JobSubject(.sample(500), .group)])
    #expect(entries.count == 150 && entries.first?.objectID == .sample(7))
    #expect(entries.allSatisfy { $0.action == .create && $0.failure == nil })
    #expect(rig.target.people.count == 150)
  }

  @Test("Given more users than one call takes, it says so and does nothing")
  func tooMany() async throws {
    for number in 1...5001 { rig.directory.put(.sample(number)) }
    rig.directory.setMembers(of: .sample(500), Set((1...5001).map { .sample($0) }))
    await #expect { try await rig.provision([JobSubject(.sample(500), .group)]) } throws: {
      ($0 as? Failure)?.reason.contains("5000") == true
    }
  }

  @Test("Given a membership of a moment ago, it counts")
  func freshMembership() async throws {
    rig.directory.setMembers(of: .sample(500), [])
    rig.directory.assign(.sample(500), .group)
    try await rig.runCycle()
    rig.directory.put(.sample(1))
    rig.directory.setMembers(of: .sample(500), [.sample(1)])
    #expect(try await provision(1).action == .create)
  }

  @Test("Given assignments that cannot be read, nothing is done to anybody")
  func unreadableScope() async throws {
    rig.hire(.sample(1))
    _ = try await provision(1)
    _ = rig.target.takeWrites()
    rig.directory.faults.plan(.assignments, .unavailable)
    await #expect(throws: Failure.unavailable) { try await rig.provision([JobSubject(.sample(1), .user)]) }
    #expect(rig.target.writes.isEmpty)
  }

  @Test("Given more removals than the guard lets through, each is told to be held, at once and when asked for again")
  func heldRemovals() async throws {
    for number in 1...40 { rig.directory.put(.sample(number)) }
    rig.directory.setMembers(of: .sample(500), Set((1...40).map { .sample($0) }))
    rig.directory.assign(.sample(500), .group)
    try await rig.runCycle()
    rig.directory.unassign(.sample(500))
    for subject in [JobSubject(.sample(500), .group), JobSubject(.sample(7), .user)] {
      let entries = try await rig.provision([subject])
      #expect(entries.allSatisfy { $0.action == .stagedDelete && $0.status == .skipped })
      #expect(entries.allSatisfy { $0.steps.map(\.kind) == Self.steps })
    }
    #expect(rig.target.removals.isEmpty && rig.state.allHeld.count == 40)
  }
}
