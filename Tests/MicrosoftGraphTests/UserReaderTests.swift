import JSON
import MicrosoftGraph
import ProvisioningModel
import Synchronization
import Testing

@Suite("One user as it is now")
struct UserReaderTests {
  private static func user(_ id: ObjectID) -> JSONValue {
    ["id": .string(id.rawValue), "accountEnabled": true, "displayName": "Ada Keita", "userPrincipalName": "ada@x"]
  }

  /// The id that a path is about.
  private static func target(_ path: String) -> ObjectID {
    ObjectID(String(path.prefix { $0 != "?" }.split(separator: "/").last ?? ""))
  }

  /// Answers a batch item by item.
  private static func batch(
    _ request: ScriptedServer.Request, _ respond: (String) -> ScriptedServer.Reply?
  ) -> ScriptedServer.Reply {
    let items = request.json?["requests"].map { Array($0.elements) } ?? []
    let responses = items.reversed().compactMap { item -> JSONValue? in
      guard let reply = respond(item["url"]?.string ?? "") else { return nil }
      let headers = Dictionary(reply.headers.map { ($0.0, JSONValue.string($0.1)) }) { first, _ in first }
      return [
        "id": .string(item["id"]?.string ?? ""), "status": .integer(Int64(reply.status)), "headers": .object(headers),
        "body": (try? JSON(parsing: reply.body))?.value ?? .null,
      ]
    }
    return .json(["responses": .array(responses)])
  }

  /// The observations of all these users, asked for at once.
  private static func read(
    _ ids: [ObjectID], _ directory: some Directory
  ) async -> [ObjectID: Result<UserObservation, Failure>] {
    await withTaskGroup(of: (ObjectID, Result<UserObservation, Failure>).self) { group in
      for id in ids {
        group.addTask {
          do throws(Failure) { return (id, .success(try await directory.user(id))) } catch {
            return (id, .failure(error))
          }
        }
      }
      return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
  }

  private static func isPresent(_ result: Result<UserObservation, Failure>?) -> Bool {
    if case .success(.present) = result { true } else { false }
  }

  @Test("One alone is a plain request")
  func alone() async throws {
    try await Rig.with(respond: { .json(Self.user(Self.target($0.path))) }) { rig in
      let observation = try await rig.directory(attributes: ["manager"]).user(id(1))
      #expect(
        observation
          == .present(
            DirectoryUser(
              id: id(1), accountEnabled: true,
              attributes: ["displayName": .text("Ada Keita"), "userPrincipalName": .text("ada@x")])))
      let select = "accountEnabled,displayName,id,userPrincipalName,userType"
      #expect(rig.graphLines == ["GET /v1.0/users/\(id(1))?$select=\(select)&$expand=manager"])
    }
  }

  @Test("Many at once share batches of at most 20, and everybody gets their own answer")
  func together() async throws {
    try await Rig.with(
      respond: { request in
        request.path == "/v1.0/$batch"
          ? Self.batch(request) { .json(Self.user(Self.target($0))) } : .json(Self.user(Self.target(request.path)))
      }
    ) { rig in
      let ids = (1...200).map(id)
      let results = await Self.read(ids, rig.directory())
      for id in ids {
        guard case .success(.present(let user)) = results[id] else {
          Issue.record("\(id) is missing")
          continue
        }
        #expect(user.id == id)
      }
      #expect(rig.graphLines.count <= 40)
      for request in rig.server.requests where request.path == "/v1.0/$batch" {
        let items = try #require(request.json?["requests"]).elements
        #expect((2...20).contains(Array(items).count))
        for item in items {
          #expect(item["method"]?.string == "GET")
          #expect(item["url"]?.string?.hasPrefix("/users/") == true, "relative to the version")
        }
      }
    }
  }

  @Test(
    "Who is not among the users is looked for in the recycle bin",
    arguments: [(true, UserObservation.softDeleted), (false, .absent)])
  func recycleBin(isThere: Bool, expected: UserObservation) async throws {
    try await Rig.with(
      respond: { request in
        isThere && request.path.contains("deletedItems") ? .json(["id": .string(id(1).rawValue)]) : .notFound
      }
    ) { rig in
      let found = try await rig.directory().user(id(1))
      #expect(found == expected)
      #expect(rig.graphLines.last == "GET /v1.0/directory/deletedItems/\(id(1))?$select=id")
    }
  }

  @Test(
    "No user is taken for gone on another word than that of Graph",
    arguments: [
      .init(status: 404), .init(status: 404, body: Array("<html>".utf8)), .error(404, "UnknownError"),
      .error(403, "Authorization_RequestDenied"), .error(500, "generalException"), .json([:]),
      .json(["id": "another"]),
    ] as [ScriptedServer.Reply])
  func doubtfulAbsence(reply: ScriptedServer.Reply) async throws {
    for place in ["/users/", "/deletedItems/"] {
      try await Rig.with(respond: { $0.path.contains(place) ? reply : .notFound }) { rig in
        _ = try await failure { () throws(Failure) in try await rig.directory().user(id(1)) }
      }
    }
  }

  @Test("The same within a batch")
  func doubtfulAbsenceInBatch() async throws {
    try await Rig.with(
      respond: { request in
        request.path == "/v1.0/$batch"
          ? Self.batch(request) { _ in ScriptedServer.Reply(status: 404) } : .init(status: 404)
      }
    ) { rig in
      for result in await Self.read((1...30).map(id), rig.directory()).values {
        guard case .failure = result else {
          Issue.record("taken for \(result)")
          continue
        }
      }
    }
  }

  @Test("Recycle-bin reads share batches too")
  func recycleBinTogether() async throws {
    try await Rig.with(
      respond: { request in
        let reply: (String) -> ScriptedServer.Reply = { path in
          path.contains("deletedItems") ? .json(["id": .string(Self.target(path).rawValue)]) : .notFound
        }
        return request.path == "/v1.0/$batch" ? Self.batch(request, reply) : reply(request.path)
      }
    ) { rig in
      let results = await Self.read((1...60).map(id), rig.directory())
      #expect(results.values.allSatisfy { $0 == .success(.softDeleted) })
      #expect(rig.graphLines.count <= 30)
    }
  }

  @Test("Throttled items alone are sent again, after the longest wait that was asked for")
  func throttledItems() async throws {
    let throttled: Set<ObjectID> = [id(3), id(4)]
    let seen = Mutex<[ObjectID: Int]>([:])
    try await Rig.with(
      respond: { request in
        let reply: (String) -> ScriptedServer.Reply = { path in
          let id = Self.target(path)
          let times = seen.withLock { seen in
            seen[id, default: 0] += 1
            return seen[id] ?? 0
          }
          guard throttled.contains(id), times == 1 else { return .json(Self.user(id)) }
          return .error(429, "TooManyRequests", [("retry-after", id == MicrosoftGraphTests.id(3) ? "2" : "5.5")])
        }
        return request.path == "/v1.0/$batch" ? Self.batch(request, reply) : reply(request.path)
      }
    ) { rig in
      let results = await Self.read((1...20).map(id), rig.directory())
      #expect(results.values.allSatisfy { Self.isPresent($0) })
      let times = seen.withLock { $0 }
      for (id, count) in times { #expect(count == (throttled.contains(id) ? 2 : 1)) }
      #expect(rig.clock.sleeps.reduce(.zero, +) >= .milliseconds(5500))
    }
  }

  @Test(
    "An item that broke, or was not answered, is read again by itself",
    arguments: [.error(500, "generalException"), .error(424, "FailedDependency"), .error(429, "x"), nil]
      as [ScriptedServer.Reply?])
  func brokenItems(broken: ScriptedServer.Reply?) async throws {
    try await Rig.with(
      respond: { request in
        guard request.path == "/v1.0/$batch" else { return .json(Self.user(Self.target(request.path))) }
        return Self.batch(request) { path in
          let id = Self.target(path)
          return id == MicrosoftGraphTests.id(5) ? broken : .json(Self.user(id))
        }
      }
    ) { rig in
      let results = await Self.read((1...20).map(id), rig.directory())
      #expect(results.values.allSatisfy { Self.isPresent($0) })
    }
  }

  @Test("A read that Graph finds fault with fails by itself, not the others of its batch")
  func faultyItem() async throws {
    try await Rig.with(
      respond: { request in
        guard request.path == "/v1.0/$batch" else {
          let id = Self.target(request.path)
          return id == MicrosoftGraphTests.id(5) ? .error(400, "Request_BadRequest") : .json(Self.user(id))
        }
        return .error(400, "BadRequest")
      }
    ) { rig in
      let results = await Self.read((1...20).map(id), rig.directory())
      #expect(results.filter { Self.isPresent($0.value) }.count == 19)
      guard case .failure(let failure) = results[id(5)] else {
        Issue.record("no failure")
        return
      }
      #expect(failure.remedy == .escrow)
    }
  }

  @Test("A whole batch that fails fails all of its readers")
  func failedBatch() async throws {
    try await Rig.with(respond: { _ in .error(403, "Authorization_RequestDenied") }) { rig in
      let results = await Self.read((1...20).map(id), rig.directory())
      #expect(results.count == 20)
      #expect(results.values.allSatisfy { if case .failure = $0 { true } else { false } })
    }
  }

  @Test("The answer about another user is a failure")
  func otherUser() async throws {
    try await Rig.with(respond: { _ in .json(Self.user(id(2))) }) { rig in
      _ = try await failure { () throws(Failure) in try await rig.directory().user(id(1)) }
    }
  }
}
