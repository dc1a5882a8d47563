import ProvisioningModel
import TestSupport
import Testing

@Suite("A crash between a file and its claims")
struct UploadCrashTests {
  private var rig = JobRig()
  private let uploads: ModelUploads

  init() {
    uploads = ModelUploads(rig.target)
    rig.uploads = uploads
    rig.fewestUploads = 3
    for number in 1...6 { rig.hire(.sample(number)) }
  }

  private func crashAfterUpload() async {
    rig.target.faults.plan(.uploadProgress, .refused(.cancelled))
    await #expect(throws: Failure.self) { try await rig.runCycle() }
    #expect(uploads.made.count == 6 && rig.target.people.values.allSatisfy { $0.externalKey == nil })
  }

  private func person(_ number: Int) -> Person? {
    rig.target.people(withKey: "entra:\(ObjectID.sample(number).rawValue)").first
  }

  @Test("the next start claims them, and completes them as if made one by one")
  func next() async throws {
    await crashAfterUpload()
    try await rig.runCycle()
    #expect(uploads.files.count == 1 && rig.target.people.count == 6)
    for number in 1...6 {
      #expect(person(number)?.attributes[.supervisors] == .list([]), "what is written on create only")
    }
    #expect(try await rig.state.creations().isEmpty)
  }

  @Test("a user renamed meanwhile is the same person, and one that left is taken out like everybody else")
  func changedMeanwhile() async throws {
    await crashAfterUpload()
    rig.directory.change(.sample(2)) { $0.attributes["userPrincipalName"] = .text("renamed@example.org") }
    rig.directory.unassign(.sample(3))
    try await rig.runCycle()
    #expect(rig.target.people.count == 6)
    #expect(person(2)?.targetName == "renamed@example.org")
    #expect(person(3)?.attributes[.status] == PersonStatus.inactive)
  }

  @Test("a person that is linked and was not claimed yet when the user left is taken out by the next process, too")
  func leftUnclaimed() async throws {
    rig.target.faults.plan(.modify, .refused(.refusedCredentials))
    await #expect(throws: Failure.self) { try await rig.runCycle() }
    let links = try await rig.state.links()
    let unclaimed = try #require(links.first { rig.target.person(known: $0.personID)?.externalKey == nil })
    rig.directory.hardDelete(unclaimed.objectID)
    for _ in 0..<2 {
      try await rig.runCycle()
      rig.wall.advance(by: .seconds(10))
    }
    #expect(rig.target.person(known: unclaimed.personID) == nil)
  }

  @Test("that files were switched off in between makes no difference")
  mutating func switchedOff() async throws {
    await crashAfterUpload()
    rig.uploads = nil
    rig.directory.unassign(.sample(3))
    try await rig.runCycle()
    #expect(rig.target.people.values.allSatisfy { $0.externalKey != nil })
  }

  @Test("without the state they are found by their names")
  func lostState() async throws {
    await crashAfterUpload()
    rig.state.lose()
    try await rig.runCycle()
    #expect(uploads.files.count == 1 && rig.target.people.count == 6)
    #expect(rig.target.people.values.allSatisfy { $0.externalKey != nil })
  }
}
