import JSON
import ProvisioningModel
import Simulators
import Testing
@testable import XMatters

@Suite("The user upload")
struct UserUploadTests {
  private func person(_ number: Int, lastName: String = "Keita", roles: [String] = ["Standard User"]) -> NewPerson {
    NewPerson(
      targetName: "user\(number)@example.org", firstName: "Ada", lastName: lastName, site: "Default Site", roles: roles,
      devices: [
        .init(name: "Work Email", address: "user\(number)@mail.example.org"),
        .init(name: "Mobile Phone", address: "+1555123\(1000 + number)"),
      ])
  }

  @Test("a line of columns, then a line a person; values that would part a line are quoted, several of a cell barred")
  func file() {
    let people = [
      person(1, lastName: #"O"Neil, the "1st""#),
      person(2, lastName: " Sá ", roles: ["Standard User", "Group Supervisor"]),
    ]
    #expect(
      UserUploadFile(people).text.split(separator: "\r\n") == [
        "Operation,User,First Name,Last Name,Site,Role,Work Email,Mobile Phone",
        #"process,user1@example.org,Ada,"O""Neil, the ""1st""",Default Site,Standard User,user1@mail.example.org,+15551231001"#,
        #"process,user2@example.org,Ada," Sá ",Default Site,Standard User|Group Supervisor,user2@mail.example.org,+15551231002"#,
      ])
  }

  @Test("a part of a form, whose border is in no value")
  func multipart() {
    let body = RequestBody(file: "a--rollcall-part\r\n", named: "x.csv", field: "file")
    #expect(body.contentType == "multipart/form-data; boundary=rollcall-part-x")
    #expect(
      String(decoding: body.bytes, as: UTF8.self)
        == "--rollcall-part-x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.csv\"\r\n"
        + "Content-Type: text/csv; charset=utf-8\r\n\r\na--rollcall-part\r\n\r\n--rollcall-part-x--\r\n")
  }

  @Test(
    "what an import job says of itself is read with patience: what is not known means that it goes on",
    arguments: [
      (#"{"status": "PENDING", "totalCount": 10, "processedCount": 3}"#, false, 3),
      (#"{"status": "whatever"}"#, false, 0), (#"{}"#, false, 0),
      (#"{"status": "IN_PROGRESS", "finishedAt": null, "totalCount": 0, "processedCount": 0}"#, false, 0),
      (#"{"status": "Completed with errors", "processedCount": 9}"#, true, 9), (#"{"status": "FAILED"}"#, true, 0),
      (#"{"finishedAt": "2026-01-01T00:00:00Z"}"#, true, 0), (#"{"totalCount": 4, "processedCount": 4}"#, true, 4),
    ])
  func progress(_ text: String, isEnded: Bool, processed: Int) throws {
    let job = try JSON(parsing: Array(text.utf8))
    #expect(UploadProgress(job) == UploadProgress(isEnded: isEnded, processed: processed))
  }

  /// Looks at a job until it has ended.
  private func follow(_ upload: UploadID, _ target: XMattersTarget<ContinuousClock>) async throws -> Int {
    for _ in 0..<100 {
      let progress = try await target.progress(of: upload)
      if progress.isEnded { return progress.processed }
    }
    Issue.record("the job does not end")
    return 0
  }

  @Test("people come of it with names, site, roles and devices as a listing shows them, and without an external key")
  func upload() async throws {
    try await withTarget { target, simulator in
      var behaviour = ImportBehaviour()
      behaviour.rowsPerLook = 2
      simulator.setImports(behaviour)
      let people = (1...5).map { person($0, lastName: $0 == 3 ? "Ke,\"ita\"" : "Keita") }
      let upload = try await target.upload(people)
      #expect(try await follow(upload, target) == 5)
      let found = try #require(try await target.people(where: .targetName, equals: "user3@example.org").first)
      #expect(found.externalKey == nil && found.attributes[.lastName] == .text("Ke,\"ita\""))
      #expect(found.attributes[.roles] == .list(["Standard User"]) && found.attributes[.status] == PersonStatus.active)
      #expect(found.devices.map(\.address).sorted() == ["+15551231003", "user3@mail.example.org"])
      #expect(simulator.instance.people.count == 6)
    }
  }

  @Test("a file that is not permitted is refused with what to do, and was not carried out")
  func notPermitted() async throws {
    try await withTarget { target, simulator in
      simulator.faults.add(Fault(method: "POST", path: "/uploads", kind: .status(403, retryAfter: nil)))
      let failure = await failure { () throws(Failure) in _ = try await target.upload([person(1)]) }
      #expect(failure?.code == .insufficientRights && failure?.outcomeIsUnknown == false)
      #expect(failure?.advice.isEmpty == false && failure?.exchange?.route == "/uploads/users-v1")
    }
  }

  @Test("a lost answer says that the outcome is unknown; a job that is not known any more cannot be read")
  func lostAnswer() async throws {
    try await withTarget { target, simulator in
      simulator.faults.add(Fault(method: "POST", path: "/uploads", kind: .lostAnswer))
      let lost = await failure { () throws(Failure) in _ = try await target.upload([person(1)]) }
      #expect(lost?.outcomeIsUnknown == true)
      #expect(simulator.faults.requests["POST /uploads/{id}"] == 1, "not sent again")
      let gone = await failure { () throws(Failure) in _ = try await target.progress(of: UploadID("gone")) }
      #expect(gone?.code == .invalidAnchor)
    }
  }
}
