import JSON
import Simulators
import Testing

/// The rules of the user upload (docs/reference/xmatters-api.md, "User upload"), asked as a client asks.
@Suite("The user upload of the simulated xMatters")
struct XMattersUploadTests {
  private let simulator = XMattersSimulator()

  private func send(
    _ method: String, _ path: String, type: String = "application/json", _ body: String = ""
  ) async -> SimulatedResponse {
    await simulator.respond(
      to: SimulatedRequest(
        method: method, target: path,
        headers: [
          // rollcall:simulated-password
          "authorization": "Basic cm9sbGNhbGw6c2ltdWxhdGVkLXBhc3N3b3Jk", "content-type": type,
        ], body: Array(body.utf8)))
  }

  private func upload(_ lines: String...) async -> SimulatedResponse {
    let file = lines.joined(separator: "\r\n")
    return await send(
      "POST", "/api/xm/1/uploads/users-v1", type: "multipart/form-data; boundary=b",
      "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f.csv\"\r\n\r\n\(file)\r\n--b--\r\n")
  }

  /// Uploads and looks once.
  private func imported(_ lines: String...) async throws -> JSON {
    let id = try #require(await upload(lines.joined(separator: "\r\n")).json?["id"]?.string)
    return try #require(await send("GET", "/api/xm/1/imports/\(id)").json)
  }

  private static let head = "Operation,User,First Name,Last Name,Site,Role,Work Email"
  private static let ada = "process,ada,Ada,Keita,Default Site,Standard User,ada@example.org"

  @Test("a job is taken with 202 and comes to its end as one looks; what it could not do is in its messages")
  func job() async throws {
    let taken = await upload(Self.head, Self.ada, "process,bea,Bea,Keita,Nowhere,Standard User,b@example.org", "drop,x")
    #expect(taken.status == 202 && taken.json?["status"]?.string == "IN_PROGRESS")
    let id = try #require(taken.json?["id"]?.string)
    let job = try #require(await send("GET", "/api/xm/1/imports/\(id)").json)
    #expect(job["status"]?.string == "COMPLETED" && job["processedCount"]?.integer == 3)
    let messages = try #require(await send("GET", "/api/xm/1/imports/\(id)/import-messages").json)
    #expect(messages["data"]?.elements.map { $0["line"]?.integer } == [3, 4])
    #expect(simulator.instance.person("ada") != nil && simulator.instance.person("bea") == nil)
  }

  @Test("a row of a known name changes the person: a blank cell clears, a column that is not there leaves")
  func changes() async throws {
    _ = try await imported(Self.head, Self.ada)
    _ = try await imported("Operation,User,Last Name", "process,ADA,Okoro")
    let ada = try #require(simulator.instance.person("ada"))
    #expect(ada.fields["lastName"]?.string == "Okoro" && ada.fields["firstName"]?.string == "Ada")
    #expect(ada.devices.count == 1 && simulator.instance.people.count == 2)
    _ = try await imported("Operation,User,Work Email", "process,ada,")
    #expect(simulator.instance.person("ada")?.devices.isEmpty == true)
  }

  @Test("quoted cells hold commas, quotes and line ends; several roles stand between bars")
  func quoting() async throws {
    _ = try await imported(
      Self.head, "process,q,\"A, \"\"B\"\"\",\"C\r\nD\",Berlin,Standard User|Group Supervisor,q@example.org")
    let person = try #require(simulator.instance.person("q"))
    #expect(person.fields["firstName"]?.string == "A, \"B\"" && person.fields["lastName"]?.string == "C\r\nD")
    #expect(person.roles == ["Standard User", "Group Supervisor"])
  }

  @Test(
    "faults on request: a job fails, never ends, or refuses rows",
    arguments: [
      (#"{"ending": "fails"}"#, "FAILED", 0), (#"{"ending": "stalls"}"#, "IN_PROGRESS", 0),
      (#"{"refusesEvery": 2}"#, "COMPLETED", 1), (#"{"rowsPerLook": 1}"#, "IN_PROGRESS", 1),
    ])
  func faults(_ behaviour: String, status: String, made: Int) async throws {
    #expect(await send("PUT", "/simulator/imports", behaviour).status == 204)
    let job = try await imported(Self.head, Self.ada, "process,bea,Bea,Keita,Default Site,Standard User,b@example.org")
    #expect(job["status"]?.string == status && simulator.instance.people.count == 1 + made)
    #expect(await send("PUT", "/simulator/imports", #"{"ending": "?"}"#).status == 400)
  }

  @Test("no file, and more than 10,000 rows, are refused")
  func refused() async throws {
    #expect(await send("POST", "/api/xm/1/uploads/users-v1", "{}").status == 400)
    let rows = (0...10_000).map { "process,user\($0),A,B,Default Site,Standard User,u\($0)@example.org" }
    #expect(await upload(([Self.head] + rows).joined(separator: "\r\n")).status == 400)
    #expect(await send("GET", "/api/xm/1/imports/none").status == 404)
  }
}
