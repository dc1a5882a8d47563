import JSON
import Simulators
import Testing

/// What docs/reference/microsoft-graph.md, "Delta queries" allows a delta round to look like.
@Suite struct GraphDeltaShapeTests {
  private func shaped(_ change: (inout DeltaShape) -> Void) -> GraphOptions {
    var options = GraphOptions()
    change(&options.delta)
    return options
  }

  /// The pages of a round, and where the next begins. No page has both links.
  private func round(_ rig: GraphRig, _ url: String) async throws -> (pages: [[JSON]], link: String) {
    var pages: [[JSON]] = []
    var url = url
    while pages.count < 100 {
      let page = try await rig.get(url)
      pages.append(page.rows)
      let (next, end) = (page["@odata.nextLink"]?.string, page["@odata.deltaLink"]?.string)
      #expect((next == nil) != (end == nil))
      if let end { return (pages, end) }
      url = try #require(next)
    }
    throw CancellationError()
  }

  @Test func emptyPagesComeBetweenTheOthers() async throws {
    let options = shaped {
      $0.pageSize = 2
      $0.hasEmptyPages = true
    }
    try await GraphRig.run(users: 5, options: options) { rig async throws in
      let (pages, link) = try await round(rig, "/users/delta?$select=displayName")
      #expect(pages.map(\.count) == [0, 2, 0, 2, 0, 1, 0])
      #expect(pages.flatMap { $0 }.compactMap(\.id) == rig.users)
      #expect(try await round(rig, link).pages.allSatisfy(\.isEmpty))
    }
  }

  @Test func rowsComeAgainOnTheNextPage() async throws {
    let options = shaped {
      $0.pageSize = 2
      $0.repeats = true
    }
    try await GraphRig.run(users: 3, options: options) { rig async throws in
      let pages = try await round(rig, "/users/delta").pages
      let users = rig.users
      #expect(
        pages.map { $0.compactMap(\.id) } == [[users[0], users[1]], [users[2], users[0], users[1], users[2]]])
    }
  }

  @Test func aRoundTellsOnceMoreWhatTheOneBeforeTold() async throws {
    try await GraphRig.run(users: 3, options: shaped { $0.replays = true }) { rig async throws in
      var (_, link) = try await round(rig, "/users/delta?$deltatoken=latest")
      for (change, told) in [(0, [0]), (1, [0, 1]), (2, [1, 2])] {
        rig.graph.change { $0.updateUser(rig.users[change], ["jobTitle": "Lead"]) }
        let (pages, next) = try await round(rig, link)
        #expect(pages.flatMap { $0 }.compactMap(\.id) == told.map { rig.users[$0] })
        link = next
      }
    }
  }

  @Test func aGroupComesInSlicesOfItsMembers() async throws {
    let options = shaped {
      $0.pageSize = 1
      $0.membersPerRow = 2
    }
    try await GraphRig.run(users: 5, options: options) { rig async throws in
      let group = rig.graph.change { tenant in
        let group = tenant.createGroup("On call").id
        for user in rig.users { tenant.addMember(user, to: group) }
        return group
      }
      func slices(_ pages: [[JSON]]) -> [[String: Bool]] {
        pages.flatMap { $0 }.map { row in
          Dictionary(
            uniqueKeysWithValues: (row["members@delta"].map { Array($0.elements) } ?? []).map {
              ($0.id ?? "", $0["@removed"] != nil)
            })
        }
      }
      let (pages, link) = try await round(rig, "/groups/delta?$select=id,members")
      #expect(pages.count == 3 && pages.flatMap { $0 }.allSatisfy { $0.id == group })
      #expect(slices(pages).map(\.count) == [2, 2, 1])
      rig.graph.change { tenant in
        tenant.removeMember(rig.users[0], from: group)
        tenant.removeMember(rig.users[1], from: group)
        tenant.addMember(rig.users[1], to: group)
      }
      #expect(slices(try await round(rig, link).pages) == [[rig.users[0]: true, rig.users[1]: false]])
    }
  }

  @Test func onlyWhatIsSelectedIsTrackedAndSelectedOnceForAll() async throws {
    try await GraphRig.run(users: 2) { rig async throws in
      let (_, link) = try await round(rig, "/users/delta?$deltatoken=latest&$select=displayName,manager")
      rig.graph.change { $0.updateUser(rig.users[0], ["jobTitle": "Lead"]) }
      #expect(try await round(rig, link).pages.flatMap { $0 }.isEmpty)
      rig.graph.change { tenant in
        tenant.updateUser(rig.users[0], ["displayName": "Ada"])
        tenant.setManager(rig.users[0], of: rig.users[1])
      }
      let rows = try await round(rig, link).pages.flatMap { $0 }
      #expect(rows.compactMap(\.id) == rig.users)
      #expect(rows[0]["displayName"]?.string == "Ada" && rows[0]["jobTitle"] == nil)
      #expect(rows[1]["manager@delta"]?[0]?.id == rig.users[0])
    }
  }

  @Test func minimalRowsCarryWhatChangedAlone() async throws {
    try await GraphRig.run(users: 1) { rig async throws in
      let (_, link) = try await round(rig, "/users/delta?$deltatoken=latest&$select=displayName,department")
      rig.graph.change { $0.updateUser(rig.users[0], ["displayName": "Ada", "jobTitle": "Lead"]) }
      let minimal = try #require(await rig.send("GET", link, prefer: "return=minimal").json?.rows.first)
      #expect(minimal.value == ["id": .string(rig.users[0]), "displayName": "Ada"])
      let whole = try #require(await rig.send("GET", link).json?.rows.first)
      #expect(whole["department"] != nil && whole["displayName"]?.string == "Ada")
    }
  }
}
