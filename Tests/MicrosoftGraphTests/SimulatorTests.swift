import Foundation
import HTTPTransport
import JSON
import MicrosoftGraph
import ProvisioningModel
import Simulators
import Synchronization
import Testing

@Suite("Against the Graph simulator")
struct SimulatorTests {
  private func with(users: Int = 1, assigned: Int = 0, _ body: (GraphStage) async throws -> Void) async throws {
    try await GraphStage.with(users: users, assigned: assigned, body)
  }

  private func read(_ stage: GraphStage, _ ids: [ObjectID]) async -> [ObjectID: Result<UserObservation, Failure>] {
    await withTaskGroup(of: (ObjectID, Result<UserObservation, Failure>).self) { group in
      for id in ids {
        group.addTask {
          do throws(Failure) {
            return (id, .success(try await stage.directory.user(id)))
          } catch {
            return (id, .failure(error))
          }
        }
      }
      return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
  }

  @Test("All assignments come, page by page")
  func assignments() async throws {
    try await with(users: 450, assigned: 450) { stage in
      let application = try await stage.directory.application()
      let assignments = try await stage.directory.assignments(to: application)
      #expect(Set(assignments.map(\.principal)) == Set(stage.users))
      #expect(assignments.allSatisfy { application.role($0.role)?.value == "responder" })
    }
  }

  @Test(
    "When the third page fails for good, so does the list",
    arguments: [
      .status(500, retryAfter: nil), .status(429, retryAfter: "500"), .status(404, retryAfter: nil), .lostAnswer,
      .garbage,
    ] as [Fault.Kind])
  func brokenList(kind: Fault.Kind) async throws {
    try await with(users: 450, assigned: 450) { stage in
      let application = try await stage.directory.application()
      stage.simulator.faults.add(Fault(path: "/appRoleAssignedTo", kind: kind, skip: 2, count: nil))
      _ = try await failure { () throws(Failure) in try await stage.directory.assignments(to: application) }
    }
  }

  @Test("When it fails in passing, the list is whole all the same")
  func mendedList() async throws {
    try await with(users: 450, assigned: 450) { stage in
      let application = try await stage.directory.application()
      stage.simulator.faults.add(Fault(path: "/appRoleAssignedTo", kind: .lostAnswer, skip: 2))
      stage.simulator.faults.add(Fault(path: "/appRoleAssignedTo", kind: .status(503, retryAfter: "1.5"), skip: 3))
      #expect(try await stage.directory.assignments(to: application).count == 450)
      #expect(stage.clock.sleeps.contains(.milliseconds(1500)))
    }
  }

  @Test("A revoked token is replaced")
  func revokedToken() async throws {
    try await with { stage in
      let before = try await stage.directory.application()
      stage.simulator.revokeTokens()
      let after = try await stage.directory.application()
      #expect(after == before)
    }
  }

  @Test("Users who are there, deleted and gone are told apart, with items of batches throttled and broken")
  func users() async throws {
    try await with(users: 60) { stage in
      let ids = stage.users
      stage.simulator.change { tenant in
        for id in ids[0..<10] { tenant.softDelete(id.rawValue) }
        for id in ids[0..<5] { _ = tenant.purge(id.rawValue) }
        tenant.setManager(ids[20].rawValue, of: ids[21].rawValue)
      }
      stage.simulator.faults.add(Fault(path: "/users/", kind: .status(429, retryAfter: "2.5"), skip: 10, count: 3))
      stage.simulator.faults.add(Fault(path: "/users/", kind: .status(503, retryAfter: nil), skip: 20, count: 2))
      let found = await read(stage, ids)
      for id in ids[0..<5] { #expect(found[id] == .success(.absent)) }
      for id in ids[5..<10] { #expect(found[id] == .success(.softDeleted)) }
      for id in ids[10...] {
        guard case .success(.present(let user)) = found[id] else {
          Issue.record("\(String(describing: found[id]))")
          continue
        }
        #expect(user.id == id)
        #expect(user.attributes["department"] != nil)
        #expect(user.manager == (id == ids[21] ? ids[20] : nil))
      }
    }
  }

  @Test("Delta links yield what changed, and ask for a fresh start when they are too old")
  func delta() async throws {
    try await with(users: 5) { stage in
      let ids = stage.users
      let link = try await stage.directory.changesFromNow(.user)
      stage.simulator.change { tenant in
        tenant.updateUser(ids[1].rawValue, ["department": "Night"])
        tenant.softDelete(ids[2].rawValue)
      }
      guard case .changes(let changed, _, let next) = try await stage.directory.changes(.user, since: link) else {
        Issue.record("a fresh start")
        return
      }
      #expect(changed == [ids[1], ids[2]])
      guard case .changes([], _, _) = try await stage.directory.changes(.user, since: next) else {
        Issue.record("told twice")
        return
      }
      stage.simulator.expireDeltaLinks()
      let expired = try await stage.directory.changes(.user, since: next)
      #expect(expired == .resynchronize)
    }
  }

  @Test("Members of a group, nested too; of a deleted group none")
  func members() async throws {
    try await with(users: 3) { stage in
      let ids = stage.users
      let (outer, inner) = stage.simulator.change { tenant in
        let outer = tenant.createGroup("outer").id
        let inner = tenant.createGroup("inner").id
        tenant.addMember(ids[0].rawValue, to: outer)
        tenant.addMember(inner, to: outer)
        tenant.addMember(ids[1].rawValue, to: inner)
        return (outer, inner)
      }
      let direct = try await stage.directory.members(of: ObjectID(outer), transitively: false)
      #expect(direct == [ids[0]])
      let all = try await stage.directory.members(of: ObjectID(outer), transitively: true)
      #expect(all == [ids[0], ids[1]])
      stage.simulator.change { $0.deleteGroup(inner) }
      let none = try await stage.directory.members(of: ObjectID(inner), transitively: false)
      #expect(none.isEmpty)
    }
  }

  @Test("A group is read with its attributes and all its members; a deleted and a lost one are told apart")
  func group() async throws {
    try await with(users: 2500) { stage in
      let ids = stage.users
      let (id, inner) = stage.simulator.change { tenant in
        let group = tenant.createGroup("Everybody", ["mailNickname": "all", "groupTypes": ["Unified"]]).id
        let inner = tenant.createGroup("Inner").id
        for user in ids { tenant.addMember(user.rawValue, to: group) }
        tenant.addMember(inner, to: group)
        tenant.addMember(ids[0].rawValue, to: inner)
        return (group, inner)
      }
      guard case .present(let group) = try await stage.directory.group(ObjectID(id)) else {
        Issue.record("not there")
        return
      }
      #expect(group.id == ObjectID(id) && group.members == Set(ids))
      #expect(group.attributes == ["displayName": .text("Everybody"), "mailNickname": .text("all")])
      stage.simulator.change { tenant in
        tenant.deleteGroup(id)
        tenant.deleteGroup(inner)
      }
      let deleted = try await stage.directory.group(ObjectID(id))
      let gone = try await stage.directory.group(ObjectID(inner))
      #expect(deleted == .softDeleted && gone == .absent)
      stage.simulator.change { $0.restoreGroup(id) }
      let restored = try await stage.directory.group(ObjectID(id))
      #expect(restored == .present(group))
    }
  }

  @Test(
    "When any page of a group's members fails for good, the group is not read",
    arguments: [
      .status(500, retryAfter: nil), .status(429, retryAfter: "500"), .status(404, retryAfter: nil), .lostAnswer,
      .garbage,
    ] as [Fault.Kind])
  func brokenGroup(kind: Fault.Kind) async throws {
    try await with(users: 300) { stage in
      let id = stage.simulator.change { tenant in
        let group = tenant.createGroup("Everybody").id
        for user in tenant.userOrder { tenant.addMember(user, to: group) }
        return group
      }
      stage.simulator.faults.add(Fault(path: "/members", kind: kind, skip: 2, count: nil))
      _ = try await failure { () throws(Failure) in try await stage.directory.group(ObjectID(id)) }
      stage.simulator.faults.clear()
      stage.simulator.faults.add(Fault(path: "/groups/", kind: kind, count: nil))
      _ = try await failure { () throws(Failure) in try await stage.directory.group(ObjectID(id)) }
    }
  }

  @Test("Subscriptions are made, bring notifications, and are made again when they are gone")
  func subscriptions() async throws {
    let received = Recorder<[UInt8]>()
    let webhook = try ScriptedServer { request in
      guard let token = request.target.split(separator: "validationToken=").dropFirst().first else {
        received.add(request.body)
        return .init(status: 202)
      }
      let text = String(token).replacing("+", with: " ").removingPercentEncoding ?? ""
      return .init(headers: [("Content-Type", "text/plain")], body: Array(text.utf8))
    }
    defer { webhook.stop() }
    try await with(users: 2) { stage in
      let state = KeptSubscriptions()
      func keeper() -> SubscriptionKeeper<SkippingClock> {
        SubscriptionKeeper(
          stage.client, state: state, publicURL: webhook.url, clock: stage.clock.wall, clientState: { "s3cret" })
      }
      func parsed() throws -> [NotificationBatch] {
        try received.all.map {
          try NotificationBatch(parsing: $0, clientStates: ["s3cret"], tenantID: stage.tenant.tenantID.uppercased())
        }
      }
      let first = try await keeper().ensure()
      #expect(stage.simulator.subscriptionCount == 2)
      let user = stage.users[0].rawValue
      stage.simulator.change { $0.updateUser(user, ["department": "Night"]) }
      try await eventually { try parsed().contains { $0.changed.contains { $0.id == stage.users[0] } } }
      stage.simulator.sendLifecycleEvent("reauthorizationRequired")
      try await eventually { try parsed().flatMap(\.lifecycle).count >= 2 }
      let asked = Set(try parsed().flatMap(\.lifecycle).map(\.subscriptionID))
      #expect(asked == Set(first.map(\.id)))
      #expect(try parsed().allSatisfy { $0.dropped == 0 })

      try await state.setSubscriptions([])
      let second = try await keeper().ensure()
      #expect(stage.simulator.subscriptionCount == 2)
      #expect(second.map(\.resource) == ["/users", "/groups"])
    }
  }
}
