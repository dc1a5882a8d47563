import JSON
import Simulators
import Testing

/// The rules of groups (docs/reference/xmatters-api.md, "Operations"; docs/reference/xmatters-api.md, "Errors";
/// docs/reference/xmatters-api.md, "Paging"; docs/reference/xmatters-api.md, "Groups and members"), asked as a client asks.
@Suite("Groups of the simulated xMatters")
struct XMattersGroupTests {
  private let simulator: XMattersSimulator

  init() {
    simulator = XMattersSimulator()
  }

  private func send(_ method: String, _ path: String, _ body: JSONValue? = nil) async -> SimulatedResponse {
    await simulator.respond(
      to: SimulatedRequest(
        method: method, target: "/api/xm/1" + path,
        headers: [
          // rollcall:simulated-password
          "authorization": "Basic cm9sbGNhbGw6c2ltdWxhdGVkLXBhc3N3b3Jk", "content-type": "application/json",
        ], body: body?.serialized() ?? []))
  }

  private func get(_ path: String) async throws -> JSON {
    let answer = await send("GET", path)
    #expect(answer.status == 200, "\(path)")
    return try #require(answer.json)
  }

  private func person(_ name: String) async throws -> String {
    let answer = await send(
      "POST", "/people",
      ["targetName": .string(name), "firstName": "A", "lastName": "B", "roles": ["Standard User"]])
    return try #require(answer.json?["id"]?.string)
  }

  private func group(_ name: String, _ more: [String: JSONValue] = [:]) async throws -> String {
    let answer = await send("POST", "/groups/", .object(more.merging(["targetName": .string(name)]) { $1 }))
    #expect(answer.status == 201)
    return try #require(answer.json?["id"]?.string)
  }

  @Test("Created with 201, read by id and name, modified with 200, deleted with 200, and 204 when gone")
  func life() async throws {
    let id = try await group("Ops/1", ["description": "d"])
    for path in ["/groups/\(id)", "/groups/Ops%2F1", "/groups/ops%2F1"] {
      let read = try await get(path)
      #expect(read["id"]?.string == id && read["recipientType"]?.string == "GROUP")
      #expect(read["links"]?["self"]?.string == "/api/xm/1/groups/\(id)")
    }
    let changed = await send("POST", "/groups", ["id": .string(id), "status": "INACTIVE"])
    #expect(changed.status == 200 && changed.json?["description"]?.string == "d")
    let deleted = await send("DELETE", "/groups/\(id)")
    #expect(deleted.status == 200 && deleted.json?["id"]?.string == id)
    #expect(await send("DELETE", "/groups/\(id)").status == 204)
    #expect(await send("GET", "/groups/\(id)").status == 404)
    #expect(await send("POST", "/groups", ["id": .string(id)]).status == 404)
  }

  @Test("The caller supervises a group made without supervisors; none are none")
  func supervisors() async throws {
    let first = try await group("A")
    let second = try await group("B", ["supervisors": []])
    #expect(try await get("/groups/\(first)/supervisors")["total"]?.integer == 1)
    let embedded = try await get("/groups/\(second)?embed=supervisors")
    #expect(embedded["supervisors"]?["total"]?.integer == 0)
  }

  @Test(
    "What is refused",
    arguments: [
      (["targetName": ""], 400), (["targetName": .string(String(repeating: "x", count: 101))], 400),
      (["description": "no name"], 400), (["targetName": "x", "groupType": "OTHER"], 400),
      (["targetName": "x", "status": "GONE"], 400), (["targetName": "x", "site": "No Site"], 400),
      (["targetName": "x", "supervisors": ["nobody"]], 400), (["targetName": "ROLLCALL"], 409),
      (["targetName": "taken"], 409), (["targetName": "x", "externalKey": "key"], 409),
      (["targetName": "x", "observers": [["name": "Standard User"]]], 400),
    ] as [([String: JSONValue], Int)])
  func refusals(body: [String: JSONValue], status: Int) async throws {
    _ = try await group("Taken", ["externalKey": "key"])
    let answer = await send("POST", "/groups", .object(body))
    #expect(answer.status == status && answer.json?["code"]?.integer == Int64(status))
  }

  @Test("A person cannot take the name of a group")
  func oneNameSpace() async throws {
    _ = try await group("Ops")
    let answer = await send(
      "POST", "/people", ["targetName": "ops", "firstName": "A", "lastName": "B", "roles": ["Standard User"]])
    #expect(answer.status == 409)
  }

  @Test("Members are listed with their group, page by page, and by the person")
  func members() async throws {
    let id = try await group("Ops")
    for number in 0..<5 {
      let person = try await person("p\(number)")
      let added = await send("POST", "/groups/\(id)/members", ["id": .string(person), "recipientType": "PERSON"])
      #expect(added.status == 200 && added.json?["targetName"]?.string == "p\(number)")
    }
    let page = try await get("/groups/\(id)/members?limit=2&offset=2&sortBy=NAME")
    #expect(page["total"]?.integer == 5 && page["count"]?.integer == 2)
    #expect(page["data"]?[0]?["member"]?["targetName"]?.string == "p2")
    #expect(page["data"]?[0]?["group"]?["id"]?.string == id)
    #expect(page["links"]?["next"]?.string?.hasPrefix("/api/xm/1/groups/\(id)/members?") == true)
    #expect(try await get("/people/p0/group-memberships")["data"]?[0]?["group"]?["targetName"]?.string == "Ops")
    #expect(await send("DELETE", "/groups/Ops/members/p0").status == 200)
    #expect(await send("DELETE", "/groups/Ops/members/p0").status == 204)
    #expect(await send("POST", "/groups/Ops/members", ["id": "nobody"]).status == 404)
    #expect(await send("POST", "/groups/Ops/members", ["id": .string(id)]).status == 400)
    #expect(await send("DELETE", "/people/p1").status == 200)
    #expect(try await get("/groups/\(id)/members")["total"]?.integer == 3)
  }

  @Test("The members of a dynamic group are computed")
  func dynamic() async throws {
    _ = try await group("Computed", ["groupType": "DYNAMIC"])
    _ = try await person("p")
    #expect(await send("POST", "/groups/Computed/members", ["id": "p"]).status == 400)
  }

  @Test("On-call groups have shifts, broadcast groups have none; a member that leaves the group leaves its shifts")
  func shifts() async throws {
    _ = try await group("Ops")
    _ = try await group("All", ["groupType": "BROADCAST"])
    _ = try await person("p")
    #expect(try await get("/groups/Ops/shifts")["data"]?[0]?["name"]?.string == "Default Shift")
    #expect(try await get("/groups/All/shifts")["total"]?.integer == 0)
    #expect(await send("POST", "/groups/All/shifts", ["name": "Night"]).status == 400)
    #expect(await send("POST", "/groups/Ops/shifts/", ["name": "Night"]).status == 201)
    #expect(await send("POST", "/groups/Ops/shifts", ["name": "Night"]).status == 409)
    let place: JSONValue = ["recipient": ["id": "p", "recipientType": "PERSON"], "position": 1, "delay": 0]
    #expect(await send("POST", "/groups/Ops/shifts/Night/members", place).status == 200)
    #expect(try await get("/groups/Ops/shifts/Night/members")["total"]?.integer == 1)
    let member = try await get("/groups/Ops/members?embed=shifts")
    #expect(member["data"]?[0]?["shifts"]?["data"]?[0]?["name"]?.string == "Night")
    #expect(await send("DELETE", "/groups/Ops/members/p").status == 200)
    #expect(try await get("/groups/Ops/shifts/Night/members")["total"]?.integer == 0)
    #expect(await send("DELETE", "/groups/Ops/shifts/Night").status == 200)
    #expect(await send("DELETE", "/groups/Ops/shifts/Night").status == 204)
    let changed = await send(
      "POST", "/groups", ["id": .string(try await get("/groups/Ops")["id"]?.string ?? ""), "groupType": "BROADCAST"])
    #expect(changed.status == 400)
  }

  @Test(
    "Groups are searched and filtered",
    arguments: [
      ("search=ops", ["Day Ops", "Night Ops"]), ("search=%22day%20ops%22", ["Day Ops"]),
      ("search=day%20night&operand=AND", []), ("search=secret", ["Desk"]), ("search=secret&fields=NAME", []),
      ("groupType=BROADCAST", ["Desk"]), ("status=INACTIVE", ["Night Ops"]), ("members=p", ["Desk"]),
      ("sortBy=NAME&sortOrder=DESCENDING", ["Night Ops", "Desk", "Day Ops"]),
    ])
  func queries(query: String, names: [String]) async throws {
    _ = try await group("Day Ops")
    _ = try await group("Night Ops", ["status": "INACTIVE"])
    _ = try await group("Desk", ["groupType": "BROADCAST", "description": "Secret"])
    _ = try await person("p")
    _ = await send("POST", "/groups/Desk/members", ["id": "p"])
    let found = try await get("/groups?\(query)")["data"]?.elements.compactMap { $0["targetName"]?.string } ?? []
    #expect(found == names)
  }

  @Test("Quotas are told")
  func quotas() async throws {
    _ = try await group("Ops")
    #expect(try await get("/groups/license-quotas")["groups"]?["active"]?.integer == 1)
  }
}
