import ProvisioningRules
import ProvisioningModel
import Reconciler
import TestSupport
import Testing

@Suite("A plan, then the cycle")
struct PlanPropertyTests {
  /// What matters of an entry: ids of people differ between a plan and what is done.
  private struct Deed: Hashable, CustomStringConvertible {
    var object: ObjectID
    var action: ProvisioningLogEntry.Action
    var status: ProvisioningLogEntry.Status
    var name: String?
    var properties: [ProvisioningLogEntry.ModifiedProperty]
    var failure: ErrorCode?

    init(_ entry: ProvisioningLogEntry) {
      object = entry.objectID
      action = entry.action
      status = entry.status
      name = entry.sourceName
      properties = entry.modifiedProperties
      failure = entry.failure?.code
    }

    var description: String {
      let changes = properties.map { "\($0.name): \($0.oldValue ?? "-") -> \($0.newValue ?? "-")" }
      return "\(action) \(status) \(object) \(changes) \(failure?.rawValue ?? "")"
    }
  }

  private static func deeds(_ plan: Plan) -> Set<Deed> { Set((plan.changes + plan.failures).map(Deed.init)) }

  @Test(
    "Given any tenant, a plan writes nothing, the cycle does exactly what it said, and the next plan is empty",
    arguments: 1...300)
  func holds(seed: UInt64) async throws {
    var rig = JobRig()
    rig.policy = ProvisioningPolicy(
      mapping: .sample(roleMap: [("admin", ["Company Admin"]), ("Operators", ["Group Supervisor"])]),
      deprovisioning: .init(onUnassign: seed % 3 == 0 ? .delete : .disable), fingerprint: 1)
    var tenant = RandomTenant(seed: seed, rig: rig)
    tenant.populate()
    for round in 0..<3 {
      _ = rig.target.takeWrites()
      let (people, links, watermark) = (rig.target.people, rig.state.allLinks, rig.state.storedWatermark)
      let plan = try await rig.plan()
      #expect(rig.target.writes.isEmpty && rig.target.people == people, "seed \(seed), round \(round)")
      #expect(rig.state.allLinks == links && rig.state.storedWatermark == watermark, "seed \(seed), round \(round)")

      let done = try await rig.runCycle()
      let (said, did) = (Self.deeds(plan), Self.deeds(done))
      let (undone, unsaid) = (said.subtracting(did), did.subtracting(said))
      #expect(
        undone.isEmpty && unsaid.isEmpty,
        "seed \(seed), round \(round)\nsaid, not done: \(undone)\ndone, not said: \(unsaid)")
      #expect(Set(plan.skips) == Set(done.skips), "seed \(seed), round \(round)")
      #expect(plan.isEmpty == rig.target.writes.isEmpty || !done.failures.isEmpty, "seed \(seed), round \(round)")

      let after = try await rig.plan()
      #expect(after.isEmpty || !done.failures.isEmpty, "seed \(seed), round \(round): \(Self.deeds(after))")
      tenant.happen()
    }
  }

  @Test(
    "Given more removals than the guard lets through, a plan says that they would be held, and the cycle holds them")
  func heldRemovals() async throws {
    let rig = JobRig()
    for number in 1...40 { rig.hire(.sample(number)) }
    try await rig.runCycle()
    _ = rig.target.takeWrites()
    for number in 1...30 { rig.directory.unassign(.sample(number)) }
    rig.directory.change(.sample(40)) { $0.attributes["surname"] = .text("Keita") }
    let plan = try await rig.plan()
    #expect(plan.counts == [.stagedDelete: 30, .update: 1])
    #expect(rig.state.allHeld.isEmpty && rig.target.writes.isEmpty)
    let done = try await rig.runCycle()
    #expect(done.counts == plan.counts)
    #expect(rig.state.allHeld.count == 30 && rig.target.writes.count == 1)
    #expect(try await rig.plan().counts == [.stagedDelete: 30])
  }
}
