import ProvisioningModel
import ProvisioningRules
import Reconciler
import TestSupport
import Testing

@Suite("The account that Rollcall signs in to xMatters with")
struct ServiceAccountTests {
  private func key(_ number: Int) -> String { "entra:" + ObjectID.sample(number).rawValue }

  @Test("Given it was looked up at the start, it is known under any later name", arguments: [true, false])
  func renamed(isLogin: Bool) async throws {
    let target = ModelTarget()
    let id = target.put([
      .targetName: .text(isLogin ? "api.account" : "Rollcall"), .webLogin: .text(isLogin ? "rollcall" : "other"),
    ])
    let account = ServiceAccount(name: "rollcall")
    try await account.lookUp(in: target)
    target.change(id) { $0.attributes = [.targetName: .text("user1@example.org")] }
    #expect(account.isOf(try #require(target.person(known: id))) && account.isOf(id))
    #expect(!account.isOf(PersonID("other")))
  }

  @Test("Given it cannot be looked up, that fails, and is done with the next call; done, it is not asked again")
  func failing() async throws {
    let faults = Faults()
    let target = ModelTarget(faults: faults)
    let id = target.put([.targetName: .text("rollcall")])
    let account = ServiceAccount(name: "rollcall")
    faults.plan(.people, .unavailable)
    await #expect(throws: Failure.self) { try await account.lookUp(in: target) }
    try await account.lookUp(in: target)
    let calls = faults.calls(.people)
    try await account.lookUp(in: target)
    #expect(account.isOf(id) && faults.calls(.people) == calls)
  }

  @Test("Given an API key, no person is asked for: xMatters does not tell whose it is")
  func apiKey() async throws {
    let faults = Faults()
    let account = ServiceAccount(name: "x-api-key-0f8fad5b-d9cb-469f-a165-70867728950e")
    try await account.lookUp(in: ModelTarget(faults: faults))
    #expect(faults.calls(.people) == 0)
  }

  @Test("Given it was renamed to a user's name while the service ran, the user does not get it")
  func job() async throws {
    var rig = JobRig()
    rig.policy.serviceAccount = "rollcall"
    let id = rig.target.put([.targetName: .text("rollcall"), .roles: .list(["Company Admin"])])
    let before = rig.target.person(known: id)
    rig.hire(.sample(1, changing: ["userPrincipalName": .text("rollcall")]))
    try await rig.runCycle()
    #expect(rig.target.person(known: id) == before && rig.target.writes.isEmpty)
    #expect(rig.state.allEscrows[.sample(1)] != nil)
  }

  @Test("Given it carries a user's key, no person is disabled for the user, and it supervises none")
  func ourKey() async throws {
    var rig = JobRig()
    rig.policy.serviceAccount = "rollcall"
    let id = rig.target.put([.targetName: .text("rollcall")], externalKey: key(1))
    rig.state.put(Link(objectID: .sample(1), personID: id))
    rig.directory.put(.sample(1, enabled: false))
    rig.hire(.sample(2, manager: 1))
    try await rig.runCycle()
    #expect(rig.target.person(known: id)?.attributes[.status] == PersonStatus.active)
    #expect(rig.target.people(withKey: key(2)).first?.attributes[.supervisors] == .list([]))
  }

  @Test("Given keys are rewritten, its own is not")
  func migration() async throws {
    let (target, state) = (ModelTarget(), MemoryState())
    let id = target.put([.targetName: .text("rollcall")], externalKey: key(1))
    state.put(Link(objectID: .sample(1), personID: id))
    let report = try await KeyMigration(
      target: target, state: state, from: "entra:", to: "aad:", serviceAccount: ServiceAccount(name: "rollcall")
    ).run(isDryRun: false)
    #expect(report.leftAlone == 1 && target.person(known: id)?.externalKey == key(1))
  }
}
