import JSON
import Simulators
import Testing

@Suite struct GraphPagingTests {
  private static let places = ["/users", "/groups/members", "/groups/transitiveMembers", "/appRoleAssignedTo"]

  /// 25 rows at each of the places.
  private static func path(_ place: String, _ rig: GraphRig) -> String {
    switch place {
    case "/users": return place
    case "/appRoleAssignedTo": return rig.application + place
    default:
      let group = rig.graph.change { tenant in
        let group = tenant.createGroup("On call").id
        for user in tenant.userOrder { tenant.addMember(user, to: group) }
        return group
      }
      return place.replacing("/groups", with: "/groups/\(group)")
    }
  }

  @Test(arguments: places, [(1, 25), (2, 13), (24, 2), (25, 1), (999, 1)])
  func everyRowComesOnceInPagesOfTheSizeAskedFor(place: String, _ size: (top: Int, pages: Int)) async throws {
    try await GraphRig.run(users: 25, assigned: 25) { rig async throws in
      let pages = try await rig.pages("\(Self.path(place, rig))?$top=\(size.top)")
      #expect(pages.count == size.pages)
      #expect(pages.dropLast().allSatisfy { $0.count == size.top })
      let principals = pages.joined().compactMap { $0["principalId"]?.string ?? $0.id }
      #expect(principals == rig.users)
    }
  }

  @Test(arguments: places)
  func aPageHasAHundredRowsUnlessTold(place: String) async throws {
    try await GraphRig.run(users: 101, assigned: 101) { rig async throws in
      #expect(try await rig.pages(Self.path(place, rig)).map(\.count) == [100, 1])
    }
  }

  @Test(arguments: ["0", "-1", "1000", "99999999999999999999"])
  func aSizeOutOfRangeIsRefused(size: String) async throws {
    try await GraphRig.run(users: 1) { rig async throws in
      let answer = await rig.send("GET", "/users?$top=\(size)")
      #expect(answer.status == (Int(size) == nil ? 200 : 400))
    }
  }

  @Test(arguments: ["-1", "9223372036854775807", "nonsense", ""])
  func aPageTokenThatWasNeverGivenHasExpired(token: String) async throws {
    try await GraphRig.run(users: 1) { rig async throws in
      let answer = await rig.send("GET", "/users?$skiptoken=\(token)")
      #expect(answer.status == 400 && answer.errorCode == "Directory_ExpiredPageToken")
    }
  }

  @Test func laterPagesKeepTheQueryOfTheFirst() async throws {
    try await GraphRig.run(users: 3) { rig async throws in
      rig.graph.change { tenant in for id in tenant.userOrder { tenant.setManager(rig.users[0], of: id) } }
      let pages = try await rig.pages("/users?$top=1&$select=id,department&$expand=manager($levels=1;$select=id)")
      #expect(pages.count == 3)
      for row in pages.joined() {
        #expect(row["manager"]?.id == rig.users[0])
        #expect(row["department"]?.string != nil && row["mail"] == nil)
      }
    }
  }

  @Test(arguments: places)
  func aRowThatGoesMeanwhileHidesNoOther(place: String) async throws {
    try await GraphRig.run(users: 6, assigned: 6) { rig async throws in
      let path = Self.path(place, rig)
      let first = try await rig.get("\(path)?$top=3")
      rig.graph.change { tenant in
        tenant.softDelete(rig.users[0])
        _ = tenant.purge(rig.users[0])
      }
      let second = try await rig.get(try #require(first["@odata.nextLink"]?.string))
      #expect(second.rows.compactMap { $0["principalId"]?.string ?? $0.id } == Array(rig.users[3...]))
    }
  }

  @Test(arguments: places)
  func aPageThatBeganAfterARowThatIsGoneHasExpired(place: String) async throws {
    try await GraphRig.run(users: 6, assigned: 6) { rig async throws in
      let first = try await rig.get("\(Self.path(place, rig))?$top=3")
      rig.graph.change { tenant in
        tenant.softDelete(rig.users[2])
        _ = tenant.purge(rig.users[2])
      }
      let answer = await rig.send("GET", try #require(first["@odata.nextLink"]?.string))
      #expect(answer.errorCode == "Directory_ExpiredPageToken")
    }
  }
}
