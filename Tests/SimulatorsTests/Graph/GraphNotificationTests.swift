import JSON
import Simulators
import Testing

@Suite(.timeLimit(.minutes(5))) struct GraphNotificationTests {
  /// docs/reference/microsoft-graph.md, "Change notifications".
  @Test func aNotificationSaysWhatMayHaveChanged() async throws {
    try await SubscribedRig.run(users: 1) { world async throws in
      let id = try await world.subscribe()
      let user = world.rig.users[0]
      world.rig.graph.change { $0.updateUser(user, ["jobTitle": "Lead"]) }
      let item = try #require(try await world.items(1).first)
      #expect(item["subscriptionId"]?.string == id && item["changeType"]?.string == "updated")
      #expect(item["clientState"]?.string == "a secret")
      #expect(item["tenantId"]?.string == world.rig.graph.tenant.tenantID)
      #expect(item["resource"]?.string == "Users/\(user)")
      #expect(item["subscriptionExpirationDateTime"]?.string == "2026-12-01T00:00:00Z")
      let data = try #require(item["resourceData"])
      #expect(data["@odata.type"]?.string == "#Microsoft.Graph.User" && data.id == user)
      #expect(try #require(data["sequenceNumber"]?.integer) > 1 << 53)
    }
  }

  @Test(arguments: [
    ("create", ["updated"]), ("soft delete", ["updated"]), ("restore", ["updated", "updated"]),
    ("purge", ["updated", "deleted"]),
  ])
  func whatHappenedIsToldAs(event: String, types: [String]) async throws {
    try await SubscribedRig.run(users: 1) { world async throws in
      try await world.subscribe()
      let (graph, user) = (world.rig.graph, world.rig.users[0])
      if event == "create" {
        graph.change { _ = $0.createUser(["userPrincipalName": "new@contoso.example"]) }
      } else {
        graph.change { $0.softDelete(user) }
      }
      if event == "restore" { graph.change { _ = $0.restore(user) } }
      if event == "purge" { graph.change { _ = $0.purge(user) } }
      #expect(try await world.items(types.count).compactMap { $0["changeType"]?.string } == types)
    }
  }

  @Test func groupsTellOfTheirMembersAndTheirEnd() async throws {
    try await SubscribedRig.run(users: 1) { world async throws in
      let (graph, user) = (world.rig.graph, world.rig.users[0])
      let group = graph.change { $0.createGroup("On call").id }
      try await world.subscribe("/groups")
      graph.change { $0.updateUser(user, ["jobTitle": "Lead"]) }
      graph.change { $0.addMember(user, to: group) }
      graph.change { $0.deleteGroup(group) }
      let items = try await world.items(2)
      #expect(items.map { $0["resource"]?.string } == ["Groups/\(group)", "Groups/\(group)"])
      #expect(items.map { $0["changeType"]?.string } == ["updated", "deleted"])
    }
  }

  @Test func onlyTheChangeTypesAskedForAreTold() async throws {
    try await SubscribedRig.run(users: 1) { world async throws in
      try await world.subscribe(changeType: "deleted")
      world.rig.graph.change { $0.softDelete(world.rig.users[0]) }
      world.rig.graph.change { _ = $0.purge(world.rig.users[0]) }
      #expect(try await world.items(1).map { $0["changeType"]?.string } == ["deleted"])
    }
  }

  @Test(arguments: [true, false])
  func anAssignmentShowsOnThePrincipalWhenItIsToldOf(isTold: Bool) async throws {
    var options = GraphOptions.quick
    options.assignmentsNotify = isTold
    try await SubscribedRig.run(users: 2, options: options) { world async throws in
      try await world.subscribe()
      let users = world.rig.users
      let body: JSONValue = ["principalId": .string(users[0]), "appRoleId": .string(world.rig.role)]
      _ = await world.rig.send("POST", world.rig.application + "/appRoleAssignedTo", body)
      world.rig.graph.change { $0.updateUser(users[1], ["jobTitle": "Lead"]) }
      let told = try await world.items(isTold ? 2 : 1).compactMap { $0["resourceData"]?.id }
      #expect(told == (isTold ? users : [users[1]]))
    }
  }

  @Test func changesOfTheSameMomentComeInOnePost() async throws {
    var options = GraphOptions()
    options.notificationDelay = .milliseconds(200)
    try await SubscribedRig.run(users: 30, options: options) { world async throws in
      try await world.subscribe()
      for user in world.rig.users { world.rig.graph.change { $0.updateUser(user, ["jobTitle": "Lead"]) } }
      let items = try await world.items(30)
      #expect(items.compactMap { $0["resourceData"]?.id } == world.rig.users)
      #expect(world.endpoint.posts.count < 4)
    }
  }

  @Test func everyNotificationHasItsOwnSequenceNumber() async throws {
    try await SubscribedRig.run(users: 1) { world async throws in
      try await world.subscribe()
      let user = world.rig.users[0]
      world.rig.graph.change { $0.updateUser(user, ["jobTitle": "Lead"]) }
      world.rig.graph.changeAssignment(of: user) { _ = $0.assign(user, role: Tenant.defaultAccess) }
      let numbers = try await world.items(2).compactMap { $0["resourceData"]?["sequenceNumber"]?.integer }
      #expect(numbers.count == 2 && numbers == numbers.sorted() && Set(numbers).count == 2)
    }
  }

  @Test func whatIsLostIsLostForGood() async throws {
    try await SubscribedRig.run(users: 2) { world async throws in
      try await world.subscribe()
      let (graph, users) = (world.rig.graph, world.rig.users)
      graph.losesNotifications = true
      graph.change { $0.updateUser(users[0], ["jobTitle": "Lead"]) }
      graph.losesNotifications = false
      graph.change { $0.updateUser(users[1], ["jobTitle": "Lead"]) }
      #expect(try await world.items(1).compactMap { $0["resourceData"]?.id } == [users[1]])
    }
  }

  @Test(arguments: [400, 500, 503])
  func whatIsNotTakenIsSentAgain(status: Int) async throws {
    try await SubscribedRig.run(users: 1) { world async throws in
      try await world.subscribe()
      world.endpoint.faults.add(Fault(method: "POST", path: "/notify", kind: .status(status, retryAfter: nil)))
      world.rig.graph.change { $0.updateUser(world.rig.users[0], ["jobTitle": "Lead"]) }
      #expect(try await world.items(1).count == 1)
      #expect(world.endpoint.faults.requests["POST /notify"] == 3)
    }
  }

  @Test func aLostAcknowledgementMakesADuplicate() async throws {
    try await SubscribedRig.run(users: 1) { world async throws in
      try await world.subscribe()
      world.endpoint.faults.add(Fault(method: "POST", path: "/notify", kind: .lostAnswer))
      world.rig.graph.change { $0.updateUser(world.rig.users[0], ["jobTitle": "Lead"]) }
      let numbers = try await world.items(2).map { $0["resourceData"]?["sequenceNumber"]?.integer }
      #expect(numbers.count == 2 && numbers[0] == numbers[1])
    }
  }

  @Test(arguments: ["reauthorizationRequired", "subscriptionRemoved", "missed"])
  func lifecycleEventsGoToTheirOwnAddress(event: String) async throws {
    try await SubscribedRig.run { world async throws in
      let ids = [try await world.subscribe("/users"), try await world.subscribe("/groups")]
      world.rig.graph.sendLifecycleEvent(event)
      let items = try await world.items(2, at: "/lifecycle")
      #expect(Set(items.compactMap { $0["subscriptionId"]?.string }) == Set(ids))
      #expect(items.allSatisfy { $0["lifecycleEvent"]?.string == event && $0["clientState"]?.string == "a secret" })
      #expect(world.endpoint.items().isEmpty)
    }
  }

  @Test func anEndedSubscriptionIsToldNothing() async throws {
    try await SubscribedRig.run(users: 2) { world async throws in
      let users = try await world.subscribe("/users")
      try await world.subscribe("/groups")
      _ = await world.rig.send("DELETE", "/subscriptions/\(users)")
      world.rig.graph.change { tenant in
        tenant.updateUser(world.rig.users[0], ["jobTitle": "Lead"])
        _ = tenant.createGroup("On call")
      }
      let types = try await world.items(1).map { $0["resourceData"]?["@odata.type"]?.string }
      #expect(types == ["#Microsoft.Graph.Group"])
    }
  }
}
