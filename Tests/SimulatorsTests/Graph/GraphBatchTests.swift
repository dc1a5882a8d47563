import JSON
import Simulators
import Testing

@Suite struct GraphBatchTests {
  private static func batch(_ items: [(method: String, url: String, body: JSONValue?)]) -> JSONValue {
    let requests = items.enumerated().map { index, item -> JSONValue in
      var request: JSONValue = ["id": .string("\(index)"), "method": .string(item.method), "url": .string(item.url)]
      if let body = item.body {
        request["body"] = body
        request["headers"] = ["Content-Type": "application/json"]
      }
      return request
    }
    return ["requests": .array(requests)]
  }

  private static func reads(_ urls: [String]) -> JSONValue { batch(urls.map { ("GET", $0, nil) }) }

  private static func responses(_ answer: SimulatedResponse) throws -> [String: JSON] {
    try #require(answer.status == 200)
    let items = try #require(answer.json?["responses"]).elements
    return Dictionary(uniqueKeysWithValues: items.map { ($0.id ?? "", $0) })
  }

  @Test func eachItemHasItsOwnAnswer() async throws {
    try await GraphRig.run(users: 2) { rig async throws in
      let urls = ["/users/\(rig.users[1])?$select=department", "/users/nobody", "/users/\(rig.users[0])"]
      let items = try Self.responses(await rig.send("POST", "/$batch", Self.reads(urls)))
      #expect(items.mapValues { $0["status"]?.integer } == ["0": 200, "1": 404, "2": 200])
      #expect(items["0"]?["body"]?.id == rig.users[1] && items["0"]?["body"]?["department"]?.string != nil)
      #expect(items["1"]?["body"]?["error"]?["code"]?.string == "Request_ResourceNotFound")
    }
  }

  @Test(arguments: [(0, 400), (1, 200), (20, 200), (21, 400)])
  func aBatchHasUpToTwentyRequests(count: Int, status: Int) async throws {
    try await GraphRig.run(users: 1) { rig async throws in
      let urls = Array(repeating: "/users/\(rig.users[0])", count: count)
      #expect(await rig.send("POST", "/$batch", Self.reads(urls)).status == status)
    }
  }

  @Test(arguments: ["id", "method", "url"])
  func anItemThatLacksSomethingSpoilsTheBatch(name: String) async throws {
    try await GraphRig.run { rig async throws in
      var item: JSONValue = ["id": "0", "method": "GET", "url": "/users"]
      item[name] = nil
      #expect(await rig.send("POST", "/$batch", ["requests": [item]]).status == 400)
    }
  }

  @Test func writesAreCarriedOut() async throws {
    try await GraphRig.run(users: 2) { rig async throws in
      let items = try Self.responses(
        await rig.send(
          "POST", "/$batch",
          Self.batch([
            ("PATCH", "/users/\(rig.users[0])", ["jobTitle": "Lead"]), ("DELETE", "/users/\(rig.users[1])", nil),
          ])))
      #expect(items.values.allSatisfy { $0["status"]?.integer == 204 })
      #expect(rig.graph.tenant.users[rig.users[0]]?.properties["jobTitle"] == "Lead")
      #expect(rig.graph.tenant.deleted[rig.users[1]] != nil)
    }
  }

  @Test func theNextPageOfAnItemCanBeReadByItself() async throws {
    try await GraphRig.run(users: 3) { rig async throws in
      let items = try Self.responses(await rig.send("POST", "/$batch", Self.reads(["/users?$top=2"])))
      let link = try #require(items["0"]?["body"]?["@odata.nextLink"]?.string)
      #expect(link.hasPrefix("http://\(GraphRig.host)/v1.0/users?"))
      #expect(try await rig.get(link).ids == [rig.users[2]])
    }
  }

  @Test(arguments: [(429, "TooManyRequests"), (503, "SimulatedFault")])
  func aFaultHitsOneItemWhichIsNotCarriedOut(status: Int, code: String) async throws {
    try await GraphRig.run(users: 2) { rig async throws in
      rig.graph.faults.add(Fault(method: "DELETE", path: rig.users[1], kind: .status(status, retryAfter: "2.128")))
      let batch = Self.batch(rig.users.map { ("DELETE", "/users/\($0)", nil) })
      let items = try Self.responses(await rig.send("POST", "/$batch", batch))
      #expect(items.mapValues { $0["status"]?.integer } == ["0": 204, "1": Int64(status)])
      #expect(items["1"]?["headers"]?["Retry-After"]?.string == "2.128")
      #expect(items["1"]?["body"]?["error"]?["code"]?.string == code)
      #expect(rig.graph.tenant.users[rig.users[1]] != nil)
    }
  }

  @Test func aLostAnswerIsMissingThoughCarriedOut() async throws {
    try await GraphRig.run(users: 2) { rig async throws in
      rig.graph.faults.add(Fault(path: rig.users[0], kind: .lostAnswer))
      let batch = Self.batch(rig.users.map { ("DELETE", "/users/\($0)", nil) })
      let items = try Self.responses(await rig.send("POST", "/$batch", batch))
      #expect(Set(items.keys) == ["1"])
      #expect(rig.graph.tenant.users.isEmpty)
    }
  }

  @Test func garbageIsNoObject() async throws {
    try await GraphRig.run(users: 1) { rig async throws in
      rig.graph.faults.add(Fault(path: "/users", kind: .garbage))
      let items = try Self.responses(await rig.send("POST", "/$batch", Self.reads(["/users/\(rig.users[0])"])))
      #expect(items["0"]?["body"]?.kind != .object)
    }
  }
}
