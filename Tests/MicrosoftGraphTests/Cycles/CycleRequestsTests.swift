import JSON
import MicrosoftGraph
import ProvisioningModel
import Simulators
import TestSupport
import Testing

@Suite("What Graph is asked for in a cycle depends on who is assigned, not on the tenant")
struct CycleRequestsTests {
  /// By route, for each cycle of a story; what came in batches counts by itself.
  private struct Bill: Equatable {
    var requests: [[String: Int]] = []
    var items: [[String: Int]] = []
  }

  /// 60 are assigned, and 20 more are members of an assigned group.
  private func bill(users count: Int) async throws -> Bill {
    var bill = Bill()
    try await CycleStage.with(users: count, assigned: 60) { stage in
      let users = stage.graph.users.map(\.rawValue)
      stage.change { tenant in
        let group = tenant.createGroup("On call").id
        for number in 60..<80 { tenant.addMember(users[number], to: group) }
        _ = tenant.assign(group, role: tenant.roles[0].id)
        // No user is assigned to these.
        for number in 0..<(count / 100) { tenant.addMember(users[number], to: tenant.createGroup("Club \(number)").id) }
      }
      func run(full: Bool = false) async throws {
        stage.graph.simulator.faults.resetRequests()
        try await stage.cycle(full: full)
        bill.requests.append(stage.graph.simulator.faults.requests)
        bill.items.append(stage.graph.simulator.faults.items)
      }
      try await run()
      #expect(stage.target.people.count == 80)
      try await run()
      stage.change { tenant in
        for number in [0, 1, 65, 100, 150] { tenant.updateUser(users[number], ["surname": "Changed"]) }
        _ = tenant.assign(users[80], role: tenant.roles[0].id)
      }
      try await run()
      try await run(full: true)
      #expect(stage.target.people.count == 81)
    }
    return bill
  }

  @Test("Given ten times the users and the same assignments, every kind of cycle asks for the same")
  func tenantSize() async throws {
    let small = try await bill(users: 300)
    let large = try await bill(users: 3000)
    #expect(small == large)
    for (number, requests) in large.requests.enumerated() {
      #expect(requests["GET /v1.0/users"] == nil && requests["GET /v1.0/groups"] == nil, "cycle \(number)")
      // A position in the stream of changes, or one round from it.
      #expect(requests["GET /v1.0/users/delta"] == 1 && requests["GET /v1.0/groups/delta"] == 1, "cycle \(number)")
    }
    let unchanged = large.requests[1].values.reduce(0, +)
    #expect(unchanged < 10, "\(large.requests[1])")
    #expect(large.items[1].isEmpty || large.items[1].keys.allSatisfy { $0.contains("members") })
    let usersRead = large.items[2].filter { $0.key.contains("/users/") }.values.reduce(0, +)
    #expect(usersRead <= 4, "the three who changed and the one who came, not the strangers: \(large.items[2])")
  }
}
