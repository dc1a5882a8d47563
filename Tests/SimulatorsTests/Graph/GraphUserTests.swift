import JSON
import Simulators
import Testing

@Suite struct GraphUserTests {
  private static let guest: [String: JSONValue] = [
    "userPrincipalName": "ada_example.org#EXT#@contoso.example", "displayName": "Ada Keita", "department": "Network",
  ]

  @Test func withoutSelectTheDefaultPropertiesAreGiven() async throws {
    try await GraphRig.run(users: 1) { rig async throws in
      let user = try await rig.get("/users/\(rig.users[0])")
      let names = Set(user.members.map(\.key))
      #expect(
        names == [
          "id", "businessPhones", "displayName", "givenName", "jobTitle", "mail", "mobilePhone", "officeLocation",
          "preferredLanguage", "surname", "userPrincipalName",
        ])
      #expect(user["officeLocation"]?.isNull == true)
    }
  }

  @Test func selectGivesWhatItNamesAndTheID() async throws {
    try await GraphRig.run(users: 1) { rig async throws in
      let user = try await rig.get("/users/\(rig.users[0])?$select=department,accountEnabled,companyName")
      #expect(Set(user.members.map(\.key)) == ["id", "department", "accountEnabled", "companyName"])
      #expect(user["accountEnabled"]?.boolean == true)
      #expect(user["companyName"]?.isNull == true)
    }
  }

  @Test(arguments: ["ada_example.org%23EXT%23@contoso.example", "ADA_example.org%23ext%23%40contoso.example"])
  func aGuestIsFoundByTheEncodedName(path: String) async throws {
    try await GraphRig.run { rig async throws in
      let user = rig.graph.change { $0.createUser(Self.guest) }
      #expect(try await rig.get("/users/\(path)").id == user.id)
    }
  }

  @Test(arguments: [
    "$expand=manager", "$select=id&$expand=manager", "$expand=manager($levels=1;$select=id,displayName)",
    "%24expand=manager(%24levels%3D1%3B%24select%3Did)",
  ])
  func aManagerIsExpanded(query: String) async throws {
    try await GraphRig.run(users: 2) { rig async throws in
      let (user, manager) = (rig.users[0], rig.users[1])
      #expect(await rig.send("PUT", "/users/\(user)/manager/$ref", .reference(manager)).status == 204)
      #expect(try await rig.get("/users/\(user)?\(query)")["manager"]?.id == manager)
      #expect(try await rig.get("/users/\(manager)?\(query)")["manager"] == nil)
    }
  }

  @Test func aManagerIsReadAndTakenAway() async throws {
    try await GraphRig.run(users: 2) { rig async throws in
      let path = "/users/\(rig.users[0])/manager"
      #expect(await rig.send("GET", path).errorCode == "Request_ResourceNotFound")
      _ = await rig.send("PUT", path + "/$ref", .reference(rig.users[1].uppercased()))
      #expect(try await rig.get(path + "?$select=id").id == rig.users[1])
      #expect(await rig.send("DELETE", path + "/$ref").status == 204)
      #expect(await rig.send("GET", path).status == 404)
    }
  }

  @Test func aDeletedManagerIsNotShown() async throws {
    try await GraphRig.run(users: 2) { rig async throws in
      let (user, manager) = (rig.users[0], rig.users[1])
      rig.graph.change {
        $0.setManager(manager, of: user)
        $0.softDelete(manager)
      }
      #expect(try await rig.get("/users/\(user)?$expand=manager")["manager"] == nil)
      #expect(await rig.send("GET", "/users/\(user)/manager").status == 404)
    }
  }

  @Test func aUserIsCreatedChangedAndDeleted() async throws {
    try await GraphRig.run { rig async throws in
      let created = await rig.send("POST", "/users", .object(Self.guest))
      #expect(created.status == 201)
      let id = try #require(created.json?.id)
      #expect(await rig.send("PATCH", "/users/\(id)", ["jobTitle": "Lead", "department": nil]).status == 204)
      let user = try await rig.get("/users/\(id)?$select=jobTitle,department,accountEnabled,userType")
      #expect(user["jobTitle"]?.string == "Lead")
      #expect(user["department"]?.isNull == true)
      #expect(user["userType"]?.string == "Member")
      #expect(await rig.send("DELETE", "/users/\(id)").status == 204)
      #expect(await rig.send("GET", "/users/\(id)").errorCode == "Request_ResourceNotFound")
    }
  }

  @Test func aNameThatIsTakenIsRefused() async throws {
    try await GraphRig.run(users: 2) { rig async throws in
      let name = try #require(rig.graph.tenant.users[rig.users[1]]?.properties["userPrincipalName"])
      let taken: JSONValue = ["userPrincipalName": .string(try #require(name.string).uppercased())]
      #expect(await rig.send("POST", "/users", taken).errorCode == "Request_BadRequest")
      #expect(await rig.send("PATCH", "/users/\(rig.users[0])", taken).status == 400)
      #expect(await rig.send("PATCH", "/users/\(rig.users[1])", taken).status == 204)
      #expect(rig.graph.tenant.users.count == 2)
    }
  }

  @Test(arguments: ["GET", "PATCH", "DELETE"])
  func anUnknownUserIsNotFound(method: String) async throws {
    try await GraphRig.run(users: 1) { rig async throws in
      let answer = await rig.send(method, "/users/00000000-0000-4000-a000-000000000000", [:])
      #expect(answer.status == 404 && answer.errorCode == "Request_ResourceNotFound")
    }
  }

  @Test(arguments: [("POST", "/users", "{}"), ("POST", "/users", "{"), ("PATCH", "/users/0", "[]")])
  func aBodyThatIsNoUserIsRefused(method: String, path: String, body: String) async throws {
    try await GraphRig.run(users: 1) { rig async throws in
      let path = path.replacing("/0", with: "/\(rig.users[0])")
      let value = (try? JSON(parsing: Array(body.utf8)))?.value
      #expect(await rig.send(method, path, value).errorCode == "Request_BadRequest")
    }
  }

  @Test func getByIDsGivesThoseThatAreThere() async throws {
    try await GraphRig.run(users: 4) { rig async throws in
      rig.graph.change { $0.softDelete(rig.users[3]) }
      let ids = [rig.users[2], "nobody", rig.users[0], rig.users[3]]
      let body: JSONValue = ["ids": .array(ids.map { .string($0) }), "types": ["user"]]
      let answer = await rig.send("POST", "/directoryObjects/getByIds?$select=department", body)
      let rows = try #require(answer.json).rows
      #expect(Set(rows.compactMap(\.id)) == [rig.users[2], rig.users[0]])
      #expect(rows.allSatisfy { $0["department"]?.string != nil && $0["mail"] == nil })
    }
  }

  @Test(arguments: [(1000, 200), (1001, 400)])
  func getByIDsTakesAThousand(count: Int, status: Int) async throws {
    try await GraphRig.run { rig async throws in
      let body: JSONValue = ["ids": .array(Array(repeating: "nobody", count: count))]
      #expect(await rig.send("POST", "/directoryObjects/getByIds", body).status == status)
    }
  }

  @Test func theRecycleBinKeepsRestoresAndPurges() async throws {
    try await GraphRig.run(users: 2) { rig async throws in
      let (kept, purged) = (rig.users[0], rig.users[1])
      #expect(await rig.send("GET", "/directory/deletedItems/\(kept)").status == 404)
      for id in [kept, purged] { _ = await rig.send("DELETE", "/users/\(id)") }
      #expect(try await rig.get("/directory/deletedItems/\(kept.uppercased())?$select=id").id == kept)
      #expect(await rig.send("POST", "/directory/deletedItems/\(kept)/restore").json?.id == kept)
      #expect(try await rig.get("/users/\(kept)").id == kept)
      #expect(await rig.send("DELETE", "/directory/deletedItems/\(purged)").status == 204)
      for path in ["/users/\(purged)", "/directory/deletedItems/\(purged)", "/directory/deletedItems/\(kept)"] {
        #expect(await rig.send("GET", path).errorCode == "Request_ResourceNotFound")
      }
    }
  }

  @Test(arguments: ["/nothing", "/me", "/$metadata", "/users/delta/more"])
  func anUnknownPathIsAnErrorInTheEnvelope(path: String) async throws {
    try await GraphRig.run { rig async throws in
      let answer = await rig.send("GET", path)
      #expect(answer.status == 404)
      #expect(answer.errorCode?.isEmpty == false)
      #expect(answer.json?["error"]?["innerError"]?["request-id"]?.string != nil)
    }
  }
}
