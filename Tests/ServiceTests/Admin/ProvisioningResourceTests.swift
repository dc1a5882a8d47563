import HTTPTypes
import Hummingbird
import JSON
import ProvisioningModel
import TestSupport
import Testing
@testable import Service

@Suite("The provisioning log over HTTP")
struct ProvisioningResourceTests {
  private func rig(entries: Int) async throws -> AdminRig {
    let rig = try AdminRig()
    for number in 1...entries {
      try await rig.record(
        .sample(
          number, action: number % 2 == 0 ? .create : .disable, status: number % 3 == 0 ? .failure : .success,
          failure: number % 3 == 0 ? .badRequest : nil))
    }
    return rig
  }

  @Test("Given entries, each is a provisioningObjectSummary, newest first")
  func form() async throws {
    let rig = try AdminRig()
    let exchange = Exchange(upstream: "xmatters", method: "POST", route: "/people", status: 409, message: "taken")
    try await rig.record(.sample(1))
    try await rig.record(
      .sample(
        2, action: .create, status: .failure,
        changes: [.init(name: "firstName", oldValue: nil, newValue: "Ada")],
        failure: Failure(.escrow, .conflict, "It is taken.", advice: "Free it.", exchange: exchange)))
    let answer = await rig.call(.get, "/api/v1/provisioning")
    #expect(answer.status == .ok)
    #expect(try answer.values("id") == ["entry-2", "entry-1"])
    let entry = try #require(try answer.json["value"]?[0])
    #expect(entry["activityDateTime"]?.string == (FixedClock.start + .seconds(2)).description)
    #expect(entry["jobId"]?.string == "rollcall.t.a")
    #expect(entry["provisioningAction"]?.string == "create")
    #expect(entry["durationInMilliseconds"]?.integer == 7)
    #expect(entry["sourceIdentity"]?["displayName"]?.string == "Ada Lovelace")
    #expect(entry["targetIdentity"]?["id"]?.string == "person-2")
    #expect(entry["provisioningSteps"]?[0]?["provisioningStepType"]?.string == "import")
    #expect(entry["provisioningSteps"]?[0]?["details"]?["key"]?.string == "value")
    #expect(entry["modifiedProperties"]?[0]?["displayName"]?.string == "firstName")
    #expect(entry["modifiedProperties"]?[0]?["oldValue"]?.isNull == true)
    let error = entry["provisioningStatusInfo"]?["errorInformation"]
    #expect(error?["errorCode"]?.string == "EntryConflict")
    #expect(error?["recommendedAction"]?.string == "Free it.")
    #expect(error?["additionalDetails"]?.string == "xmatters: POST /people: 409 (taken)")
  }

  @Test("Given filters, only what passes all of them is answered")
  func filters() async throws {
    let rig = try await rig(entries: 12)
    func ids(_ query: String) async throws -> [String?] {
      try await rig.call(.get, "/api/v1/provisioning?\(query)").values("id")
    }
    #expect(try await ids("status=failure") == ["entry-12", "entry-9", "entry-6", "entry-3"])
    #expect(try await ids("status=FAILURE&action=create") == ["entry-12", "entry-6"])
    #expect(try await ids("objectId=\(ObjectID.sample(4).rawValue.uppercased())") == ["entry-4"])
    #expect(try await ids("search=USER11%40") == ["entry-11"])
    #expect(try await ids("cycleId=cycle-2") == [])
    let since = (FixedClock.start + .seconds(5)).description
    let until = (FixedClock.start + .seconds(7)).description
    #expect(try await ids("since=\(since)&until=\(until)") == ["entry-6", "entry-5"])
  }

  @Test("Given a time with an offset, its plus sign may be escaped or not")
  func offsets() async throws {
    let rig = try await rig(entries: 1)
    for text in ["2026-01-02T05:00:00%2B02:00", "2026-01-02T05:00:00+02:00", "2026-01-01T20:00:00-07:00"] {
      #expect(try await rig.call(.get, "/api/v1/provisioning?since=\(text)").values("id") == ["entry-1"])
    }
  }

  @Test("Given more entries than a page has, nextLink leads through all of them with the same filters")
  func paging() async throws {
    let rig = try await rig(entries: 12)
    var path: String? = "/api/v1/provisioning?status=success&top=3&search=user1%20%2B"
    #expect(try await rig.call(.get, path ?? "").values("id").isEmpty)
    path = "/api/v1/provisioning?status=success&top=3"
    var ids: [String?] = []
    for _ in 0..<10 {
      guard let next = path else { break }
      let page = await rig.call(.get, next)
      #expect(try page.values("id").count <= 3)
      ids += try page.values("id")
      path = page.nextLink
    }
    #expect(path == nil)
    #expect(ids == [11, 10, 8, 7, 5, 4, 2, 1].map { "entry-\($0)" })
  }

  @Test(
    "Given a bad query value, it is named and nothing is answered",
    arguments: [
      ("status=bad", "status"), ("status=", "status"), ("action=remove", "action"), ("top=0", "top"),
      ("top=1001", "top"), ("top=ten", "top"), ("top=1.5", "top"), ("top=%2B5", "top"), ("since=yesterday", "since"),
      ("until=2026-13-01T00:00:00Z", "until"), ("skipToken=x", "skipToken"), ("skipToken=1-", "skipToken"),
      ("state=success", "status"), ("top=5&top=6", "top"), ("search=%zz", "percent"), ("search=%ff", "UTF-8"),
    ])
  func badValues(query: String, named: String) async throws {
    let answer = try await AdminRig().call(.get, "/api/v1/provisioning?\(query)")
    #expect(answer.status == .badRequest)
    #expect(answer.errorCode == "BadRequest")
    #expect(answer.text.contains(named))
  }

  @Test("Given Accept text/csv, the answer is a table that no spreadsheet takes for formulas")
  func csv() async throws {
    let rig = try AdminRig()
    try await rig.record(
      .sample(
        1, sourceName: "=HYPERLINK(\"x\"), Ltd",
        changes: [.init(name: "devices.Work Email", oldValue: "a@x", newValue: "b@x")]))
    try await rig.record(.sample(2))
    let answer = await rig.call(.get, "/api/v1/provisioning?top=1&search=example.org", accept: "text/csv")
    #expect(answer.headers[.contentType]?.hasPrefix("text/csv") == true)
    #expect(answer.headers[.contentDisposition]?.contains("attachment") == true)
    let link = try #require(answer.headers[named: "Link"])
    #expect(link.hasSuffix("; rel=\"next\""))
    let next = await rig.call(.get, String(link.dropFirst().prefix { $0 != ">" }), accept: "text/csv")
    let lines = next.text.split(separator: "\r\n")
    #expect(lines.count == 2)
    #expect(lines[0].hasPrefix("id,activityDateTime,cycleId,provisioningAction,status"))
    #expect(lines[1].contains(",\"'=HYPERLINK(\"\"x\"\"), Ltd\","))
    #expect(lines[1].hasSuffix(",devices.Work Email: a@x -> b@x"))
  }

  @Test(
    "Given an Accept header, its weights decide the form",
    arguments: [
      (nil, false), ("*/*", false), ("application/json", false), ("text/csv", true), ("Text/CSV; q=0.5", true),
      ("application/json, text/csv;q=0.9", false), ("text/csv, application/json;q=0.9", true),
      ("text/csv;q=0", false), ("text/html", false),
    ])
  func accept(header: String?, isCSV: Bool) async throws {
    let answer = try await AdminRig().call(.get, "/api/v1/provisioning", accept: header)
    #expect((answer.headers[.contentType]?.hasPrefix("text/csv") == true) == isCSV)
  }

  @Test("Given a state that cannot be read, the answer is 503 and says why")
  func unavailable() async throws {
    let rig = try AdminRig()
    rig.state.faults.plan(.readState, .refused(Failure(.retry(after: nil), .stateUnavailable, "No.", advice: "Mend.")))
    let answer = await rig.call(.get, "/api/v1/provisioning")
    #expect(answer.status == .serviceUnavailable)
    #expect(answer.errorCode == "StateUnavailable")
  }
}
