import ProvisioningRules
import JSON
import MicrosoftGraph
import ProvisioningModel
import Simulators
import SynchronizationJob
import TestSupport
import Testing

@Suite("A cycle that cannot read all it has to")
struct BrokenCycleTests {
  enum Scenario: String, CaseIterable {
    case incremental, full, wholeTenant
  }

  static let faults: [Fault.Kind] = [
    .status(500, retryAfter: nil), .status(404, retryAfter: nil), .status(410, retryAfter: nil), .lostAnswer, .garbage,
  ]

  /// Small pages, so that there are many places to break at.
  private static var shape: DeltaShape {
    var shape = DeltaShape()
    shape.pageSize = 2
    shape.hasEmptyPages = true
    return shape
  }

  @Test(
    "Whichever request fails for good, no person is removed who has not left, the watermark stays, and the next cycle mends all",
    arguments: Scenario.allCases, faults)
  func anyRequest(scenario: Scenario, kind: Fault.Kind) async throws {
    var place = 0
    while try await breaks(at: place, scenario, kind) { place += 1 }
    #expect(place > 10, "there were requests to break")
  }

  /// - Returns: False when the cycle came to its end before that request.
  private func breaks(at place: Int, _ scenario: Scenario, _ kind: Fault.Kind) async throws -> Bool {
    var hasBroken = false
    try await CycleStage.with(
      users: 6, assigned: 3, delta: Self.shape, pageSize: 2, scope: scenario == .wholeTenant ? .all : .assigned
    ) { stage in
      let users = stage.graph.users.map(\.rawValue)
      let group = stage.graph.simulator.change { tenant in
        let group = tenant.createGroup("On call").id
        for number in 3...5 { tenant.addMember(users[number], to: group) }
        _ = tenant.assign(group, role: tenant.roles[0].id)
        return group
      }
      try await stage.cycle()
      stage.change { tenant in
        tenant.updateUser(users[0], ["surname": "Renamed"])
        tenant.softDelete(users[1])
        tenant.removeMember(users[3], from: group)
      }
      let watermark = stage.state.storedWatermark
      let faults = stage.graph.simulator.faults
      faults.resetRequests()
      faults.add(Fault(path: "/v1.0/", kind: kind, skip: place, count: nil))
      let result: Result<CycleReport, Failure>
      do throws(Failure) {
        result = .success(try await stage.cycle(full: scenario != .incremental))
      } catch {
        result = .failure(error)
      }
      hasBroken = faults.requests.filter { $0.key.contains("/v1.0/") }.values.reduce(0, +) > place
      let left: Set<ObjectID> =
        scenario == .wholeTenant ? [ObjectID(users[1])] : [ObjectID(users[1]), ObjectID(users[3])]
      #expect(stage.removed.isSubset(of: left), "request \(place)")
      if case .failure = result {
        #expect(stage.state.storedWatermark == watermark, "request \(place)")
      }
      faults.clear()
      // What has become an escrow meanwhile is taken along as soon as it is due.
      stage.graph.clock.advance(by: .seconds(1200))
      try await stage.state.setQuarantine(nil)
      try await stage.cycle(full: scenario == .full)
      #expect(stage.person(ObjectID(users[0]))?.attributes[.lastName] == .text("Renamed"), "request \(place)")
      #expect(stage.removed == left, "request \(place)")
      #expect(stage.state.allEscrows.isEmpty, "request \(place)")
    }
    return hasBroken
  }
}
