import JSON
import Simulators
import Testing

@Suite struct GraphDeltaTests {
  private static let kinds = ["users", "groups"]

  @Test(arguments: kinds, ["delta", "delta()", "microsoft.graph.delta()", "microsoft.graph.delta%28%29"])
  func theFunctionHasSeveralSpellings(kind: String, spelling: String) async throws {
    try await GraphRig.run(users: 2) { rig async throws in
      rig.graph.change { _ = $0.createGroup("On call") }
      let (rows, _) = try await rig.delta("/\(kind)/\(spelling)?$select=displayName")
      #expect(rows.count == (kind == "users" ? 2 : 1))
    }
  }

  @Test(arguments: kinds)
  func latestGivesNothingButALink(kind: String) async throws {
    try await GraphRig.run(users: 2) { rig async throws in
      rig.graph.change { _ = $0.createGroup("On call") }
      let page = try await rig.get("/\(kind)/delta?$deltatoken=latest&$select=id")
      #expect(page.rows.isEmpty && page["@odata.nextLink"] == nil)
      let (rows, _) = try await rig.delta(try #require(page["@odata.deltaLink"]?.string))
      #expect(rows.isEmpty)
    }
  }

  @Test func aChangeShowsInTheNextRoundAndOnlyThere() async throws {
    try await GraphRig.run(users: 3) { rig async throws in
      let (all, start) = try await rig.delta("/users/delta")
      #expect(all.compactMap(\.id) == rig.users)
      rig.graph.change { $0.updateUser(rig.users[1], ["jobTitle": "Lead"]) }
      rig.graph.change { $0.updateUser(rig.users[1], ["jobTitle": "Engineer"]) }
      let (changed, next) = try await rig.delta(start)
      #expect(changed.compactMap(\.id) == [rig.users[1]])
      #expect(try await rig.delta(next).rows.isEmpty)
      #expect(try await rig.delta(start).rows.compactMap(\.id) == [rig.users[1]])
    }
  }

  @Test func theRemovedSayWhetherTheyCanComeBack() async throws {
    try await GraphRig.run(users: 3) { rig async throws in
      let (_, start) = try await rig.delta("/users/delta")
      let (kept, restored, purged) = (rig.users[0], rig.users[1], rig.users[2])
      rig.graph.change { tenant in
        for id in [kept, restored, purged] { tenant.softDelete(id) }
        _ = tenant.restore(restored)
        _ = tenant.purge(purged)
      }
      let rows = try await rig.delta(start).rows
      let reasons = Dictionary(uniqueKeysWithValues: rows.map { ($0.id, $0["@removed"]?["reason"]?.string) })
      #expect(reasons == [kept: "changed", restored: nil, purged: "deleted"])
    }
  }

  @Test func membershipIsAChangeOfTheGroupAlone() async throws {
    try await GraphRig.run(users: 1) { rig async throws in
      let (group, other) = rig.graph.change { ($0.createGroup("On call").id, $0.createGroup("Other").id) }
      let (_, users) = try await rig.delta("/users/delta")
      var (_, groups) = try await rig.delta("/groups/delta")
      rig.graph.change { $0.addMember(rig.users[0], to: group) }
      #expect(try await rig.delta(users).rows.isEmpty)
      var round = try await rig.delta(groups)
      #expect(round.rows.compactMap(\.id) == [group])
      groups = round.link
      rig.graph.change { $0.deleteGroup(other) }
      round = try await rig.delta(groups)
      #expect(round.rows.map { $0["@removed"]?["reason"]?.string } == ["deleted"])
    }
  }

  @Test func aManagerIsAChangeOfTheReport() async throws {
    try await GraphRig.run(users: 2) { rig async throws in
      let (_, start) = try await rig.delta("/users/delta?$deltatoken=latest")
      rig.graph.change { $0.setManager(rig.users[1], of: rig.users[0]) }
      #expect(try await rig.delta(start).rows.compactMap(\.id) == [rig.users[0]])
    }
  }

  @Test(arguments: kinds)
  func anExpiredLinkIsGoneAndSaysWhereToBegin(kind: String) async throws {
    try await GraphRig.run(users: 2) { rig async throws in
      let (all, link) = try await rig.delta("/\(kind)/delta")
      rig.graph.expireDeltaLinks()
      let answer = await rig.send("GET", link)
      #expect(answer.status == 410 && answer.errorCode == "syncStateNotFound")
      let location = try #require(answer.headers["Location"])
      #expect(try await rig.delta(location).rows.count == all.count)
    }
  }

  @Test(arguments: ["/users/delta", "/users/delta?$deltatoken=latest"])
  func linksFromAfterTheExpiryHold(start: String) async throws {
    try await GraphRig.run(users: 2) { rig async throws in
      rig.graph.expireDeltaLinks()
      let (_, link) = try await rig.delta(start)
      #expect(try await rig.delta(link).rows.isEmpty)
      rig.graph.change { $0.softDelete(rig.users[0]) }
      #expect(try await rig.delta(link).rows.compactMap(\.id) == [rig.users[0]])
    }
  }

  @Test(arguments: ["-1", "0.-7", "7.0", "nonsense", "0.99999"])
  func aTokenThatWasNeverGivenDoesNoHarm(token: String) async throws {
    try await GraphRig.run(users: 2) { rig async throws in
      let status = await rig.send("GET", "/users/delta?$deltatoken=\(token)").status
      #expect([200, 410].contains(status))
    }
  }
}
