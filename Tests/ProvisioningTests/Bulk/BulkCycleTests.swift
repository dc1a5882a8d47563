import ProvisioningModel
import ProvisioningRules
import Reconciler
import Synchronization
import SynchronizationJob
import TestSupport
import Testing

@Suite("A cycle with many new people")
struct BulkCycleTests {
  private var rig = JobRig()
  private let uploads: ModelUploads
  private let observer = Observer()

  init() {
    uploads = ModelUploads(rig.target)
    rig.uploads = uploads
    rig.fewestUploads = 3
    for number in 1...6 { rig.hire(.sample(number, manager: number == 1 ? nil : 1)) }
  }

  /// Keeps what is told of files, and the entries of the log.
  private final class Observer: JobObserver {
    let reports = Mutex<[BulkReport]>([])
    let entries = Mutex<[ProvisioningLogEntry]>([])

    func ran(_ report: RunReport, latency: Duration?) {
      if let entry = report.entry { entries.withLock { $0.append(entry) } }
    }

    func peopleUploaded(_ report: BulkReport) { reports.withLock { $0.append(report) } }
    func readFailed(_ key: WorkKey, _ failure: Failure) {}
    func cycleBegan(_ kind: CycleKind, id: String) {}
    func cycleEnded(_ report: CycleReport) {}
    func cycleBrokenOff() {}
    func cycleFailed(_ kind: CycleKind, _ failure: Failure, retryIn: Duration) {}
    func protectionChanged(_ event: ProtectionEvent) {}
  }

  private var report: BulkReport? { observer.reports.withLock { $0.last } }

  /// Everything of everybody but ids, by external key.
  private func portrait(_ target: ModelTarget) -> [String: [String]] {
    let keys = target.people.mapValues { $0.externalKey ?? "" }
    return Dictionary(
      uniqueKeysWithValues: target.people.values.map { person in
        var texts = person.attributes.map { attribute, value in
          guard attribute == .supervisors else { return "\(attribute): \(value)" }
          return "\(attribute): \((value.list ?? []).map { keys[PersonID($0)] ?? $0 })"
        }
        texts += person.devices.map { "\($0.name): \($0.kind) \($0.address)" }
        return (person.externalKey ?? "none of \(person.targetName ?? "")", texts.sorted())
      })
  }

  /// What comes of it when everybody is made one by one.
  private func expected() async throws -> [String: [String]] {
    var other = JobRig()
    other.policy = rig.policy
    for user in rig.directory.users.values { other.hire(user) }
    try await other.runCycle()
    try await other.runCycle()
    return portrait(other.target)
  }

  @Test("Given many, a file makes them, a listing finds them, and one write each completes and claims them")
  func made() async throws {
    try await rig.runCycle(toldTo: observer)
    #expect(uploads.files.map(\.count) == [6])
    #expect(report?.files == 1 && report?.uploaded == 6 && report?.created == 6 && report?.ending == .done)
    let operations = rig.target.takeWrites().map(\.operation)
    #expect(operations == Array(repeating: .modify, count: 6))
    #expect(portrait(rig.target) == (try await expected()))
    let entries = observer.entries.withLock { $0 }
    #expect(entries.count { $0.action == .create && $0.status == .success } == 6)
    let names = Set(try #require(entries.first).modifiedProperties.map(\.name))
    #expect(names.isSuperset(of: ["targetName", "site", "language", "devices.Work Email", "devices.Mobile Phone"]))
    try await rig.runCycle(toldTo: observer)
    #expect(rig.target.takeWrites().isEmpty && uploads.files.count == 1)
  }

  @Test("Given few, everybody is made one by one")
  mutating func few() async throws {
    rig.fewestUploads = 7
    try await rig.runCycle(toldTo: observer)
    #expect(uploads.files.isEmpty && report == nil && rig.target.people.count == 6)
  }

  @Test("Given an unmanaged person, and one of another system, with names of new users, no file touches them")
  func existing() async throws {
    rig.target.put([.targetName: .text("USER2@example.org"), .firstName: .text("Ada")])
    let other = rig.target.put([.targetName: .text("x"), .webLogin: .text("user3@example.org")], externalKey: "HR_1")
    try await rig.runCycle(toldTo: observer)
    #expect(uploads.files.first?.map(\.targetName).sorted() == [1, 4, 5, 6].map { "user\($0)@example.org" })
    #expect(uploads.changed.isEmpty)
    #expect(rig.target.person(known: other)?.externalKey == "HR_1")
    // Adopted as ever; the name that another system holds is refused as ever.
    #expect(rig.target.people(withKey: "entra:\(ObjectID.sample(2).rawValue)").count == 1)
    #expect(rig.target.people(withKey: "entra:\(ObjectID.sample(3).rawValue)").isEmpty)
  }

  @Test("Given disabled users and users that a filter leaves out, they are in no file")
  mutating func leftOut() async throws {
    rig.directory.change(.sample(2)) { $0.accountEnabled = false }
    rig.policy.filters = ScopingFilters([
      ScopingFilter(name: "not 3", clauses: [try ScopingClause("surname", .notEquals, "Surname3")])
    ])
    try await rig.runCycle(toldTo: observer)
    #expect(uploads.files.map(\.count) == [4] && rig.target.people.count == 4)
  }

  @Test(
    "Given an upload that comes to nothing, or not to its end, everybody is there all the same",
    arguments: [ModelUploads.Ending.fails, .stalls])
  func badEnd(_ ending: ModelUploads.Ending) async throws {
    uploads.end(by: ending)
    try await rig.runCycle(toldTo: observer)
    #expect(report?.created == (ending == .fails ? 0 : 6))
    #expect(report?.ending == (ending == .fails ? .done : .unfinished))
    try await rig.runCycle()
    #expect(portrait(rig.target) == (try await expected()))
  }

  @Test("Given rows that are refused, who was in them is made one by one")
  func refusedRows() async throws {
    uploads.refuse("user4@example.org")
    try await rig.runCycle(toldTo: observer)
    #expect(report?.created == 5)
    #expect(portrait(rig.target) == (try await expected()))
  }

  @Test(
    "Given an upload that is not permitted, or whose answer is lost, the cycle goes on and no person is made twice",
    arguments: [
      Faults.Fault.refused(Failure(.escrow, .insufficientRights, "not permitted", advice: "")), .answerLost,
      .refused(.refusedCredentials),
    ])
  func failed(_ fault: Faults.Fault) async throws {
    rig.target.faults.plan(.upload, fault)
    try await rig.runCycle(toldTo: observer)
    guard case .failed = try #require(report).ending else {
      Issue.record("the failure is not told")
      return
    }
    try await rig.runCycle()
    #expect(portrait(rig.target) == (try await expected()))
  }

  @Test("Given progress that cannot be read for a while, it is waited for on")
  func unreadableProgress() async throws {
    rig.target.faults.plan(.uploadProgress, .unavailable, .unavailable, nil)
    try await rig.runCycle(toldTo: observer)
    #expect(report?.ending == .done && report?.created == 6)
  }

  @Test(
    "Given the listing after the upload breaks off, the cycle fails, removes no person, and the next one carries on")
  func brokenListing() async throws {
    rig.target.faults.plan(.forEachPerson, nil, .brokenOff(.unavailable))
    await #expect(throws: Failure.self) { try await rig.runCycle(toldTo: observer) }
    #expect(uploads.made.count == 6 && rig.target.removals.isEmpty)
    try await rig.runCycle(toldTo: observer)
    #expect(uploads.files.count == 1)
    try await rig.runCycle()
    #expect(portrait(rig.target) == (try await expected()))
  }
}
