import TestSupport
import Testing

@testable import Provisioning

@Suite("Who is made by a file, and who by a run")
struct UploadBookTests {
  private let book = UploadBook()

  @Test("a run does not make whom a file makes, nor a file whom a run has made, or was making, since the listing")
  func exclusion() async throws {
    try await book.beginCreation(.sample(1))
    try await book.beginCreation(.sample(2))
    await book.endCreation(.sample(2))
    await book.open()
    await book.endCreation(.sample(1))
    try await book.beginCreation(.sample(3))
    await book.endCreation(.sample(3))
    let users = Dictionary(uniqueKeysWithValues: (1...4).map { (ObjectID.sample($0), "user\($0)") })
    #expect(await book.begin(users) == [.sample(2), .sample(4)])
    await #expect(throws: Failure.self) { try await book.beginCreation(.sample(4)) }
    try await book.beginCreation(.sample(5))
  }

  @Test("who came of a file is known by its name until it is completed")
  func uploaded() async throws {
    await book.open()
    _ = await book.begin([.sample(1): "ada"])
    await book.end(mayHaveWorked: true)
    #expect(await book.name(.sample(1)) == "ada")
    try await book.beginCreation(.sample(1))
    #expect(await book.complete(.sample(1)))
    #expect(await !book.complete(.sample(1)))
    #expect(await book.name(.sample(1)) == nil)
  }

  @Test("a file that was refused has made nobody")
  func refused() async {
    await book.open()
    _ = await book.begin([.sample(1): "ada"])
    await book.end(mayHaveWorked: false)
    #expect(await book.name(.sample(1)) == nil)
  }
}
