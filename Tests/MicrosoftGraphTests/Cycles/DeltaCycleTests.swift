import SynchronizationJob
import JSON
import MicrosoftGraph
import ProvisioningModel
import Simulators
import TestSupport
import Testing

/// docs/reference/microsoft-graph.md, "Delta queries", rule by rule, with a state in which a mistake would show.
@Suite("Cycles over delta rounds of every shape that Graph may give them")
struct DeltaCycleTests {
  static let shapes: [DeltaShape] = [nil, 1, 3].flatMap { pageSize in
    (0..<8).map { bits in
      var shape = DeltaShape()
      shape.pageSize = pageSize
      shape.hasEmptyPages = bits & 1 != 0
      shape.repeats = bits & 2 != 0
      shape.replays = bits & 4 != 0
      shape.membersPerRow = 2
      return shape
    }
  }

  /// Twelve users: 0 to 5 assigned, 6 to 8 members of an assigned group, the rest strangers; provisioned.
  private func with(
    _ shape: DeltaShape, _ body: (_ stage: CycleStage, _ users: [String], _ group: String) async throws -> Void
  ) async throws {
    try await CycleStage.with(users: 12, assigned: 6, delta: shape) { stage in
      let users = stage.graph.users.map(\.rawValue)
      let group = stage.graph.simulator.change { tenant in
        let group = tenant.createGroup("On call").id
        for number in 6...8 { tenant.addMember(users[number], to: group) }
        _ = tenant.assign(group, role: tenant.roles[0].id)
        return group
      }
      #expect(try await stage.cycle().kind == .initial)
      #expect(Set(stage.statuses.keys) == Set(0...8) && stage.members(of: group) == [6, 7, 8])
      _ = stage.target.takeWrites()
      _ = stage.target.takeGroupWrites()
      try await body(stage, users, group)
    }
  }

  private func expectNoWrites(_ stage: CycleStage, _ comment: Comment) {
    #expect(stage.target.takeWrites().isEmpty && stage.target.takeGroupWrites().isEmpty, comment)
  }

  @Test("Changes, both kinds of removal, a return, members who come and go: all arrive, once", arguments: Self.shapes)
  func story(shape: DeltaShape) async throws {
    try await with(shape) { stage, users, group in
      stage.change { tenant in
        tenant.updateUser(users[0], ["surname": "Renamed"])
        tenant.setManager(users[5], of: users[1])
        tenant.softDelete(users[2])
        tenant.softDelete(users[3])
        _ = tenant.purge(users[3])
        _ = tenant.unassign(tenant.assignments.first { $0.principal == users[4] }?.id ?? "")
        tenant.removeMember(users[6], from: group)
        tenant.addMember(users[9], to: group)
        _ = tenant.assign(users[10], role: tenant.roles[0].id)
        tenant.updateUser(users[11], ["surname": "Stranger"])
      }
      let report = try await stage.cycle()
      #expect(report.kind == .incremental && report.failed == 0)
      #expect(
        stage.statuses == [
          0: "ACTIVE", 1: "ACTIVE", 2: "INACTIVE", 4: "INACTIVE", 5: "ACTIVE", 6: "INACTIVE", 7: "ACTIVE", 8: "ACTIVE",
          9: "ACTIVE", 10: "ACTIVE",
        ])
      #expect(stage.person(ObjectID(users[0]))?.attributes[.lastName] == .text("Renamed"))
      let boss = try #require(stage.person(ObjectID(users[5])))
      #expect(stage.person(ObjectID(users[1]))?.attributes[.supervisors] == .list([boss.id.rawValue]))
      #expect(stage.members(of: group).isSuperset(of: [7, 8, 9]))
      #expect(stage.removed == Set([2, 3, 4, 6].map { ObjectID(users[$0]) }))
      _ = stage.target.takeWrites()

      // A user who left the scope stays a member until the removal is carried out, which comes last.
      try await stage.cycle()
      #expect(stage.members(of: group) == [7, 8, 9] && stage.target.takeWrites().isEmpty)
      _ = stage.target.takeGroupWrites()
      try await stage.cycle()
      expectNoWrites(stage, "what was told before, or is told again, is there already")

      stage.change { _ = $0.restore(users[2]) }
      try await stage.cycle()
      #expect(stage.statuses[2] == "ACTIVE" && stage.target.takeWrites().count == 1)

      stage.graph.simulator.expireDeltaLinks()
      stage.change { $0.updateUser(users[0], ["surname": "Again"]) }
      #expect(try await stage.cycle().kind == .full, "a link that is too old has everything looked at")
      #expect(stage.person(ObjectID(users[0]))?.attributes[.lastName] == .text("Again"))
      #expect(stage.target.takeWrites().count == 1)
      #expect(try await stage.cycle().kind == .incremental, "and gives way to a new one")
      expectNoWrites(stage, "nothing has changed")
    }
  }

  @Test("Of a link that is too old, the other one that is good is no help: both are made anew, and no person is lost")
  func oneLinkTooOld() async throws {
    try await with(.init()) { stage, users, group in
      var watermark = try #require(stage.state.storedWatermark)
      let users0 = watermark.users
      watermark.groups = watermark.groups.replacing("=0.", with: "=7.")
      try await stage.state.setWatermark(watermark, revisiting: [])
      stage.change { tenant in
        tenant.softDelete(users[1])
        tenant.addMember(users[9], to: group)
      }
      #expect(try await stage.cycle().kind == .full)
      #expect(stage.statuses[1] == "INACTIVE" && stage.members(of: group) == [6, 7, 8, 9])
      #expect(stage.state.storedWatermark?.users != users0)
    }
  }
}
