import TestSupport
import Testing
@testable import ProvisioningModel
@testable import Reconciler

@Suite("Who is being created, by a run or by a file")
struct CreationBookTests {
  private let state = MemoryState()
  private let book: CreationBook

  init() {
    book = CreationBook(state: state)
  }

  private func creation(_ number: Int, isByFile: Bool = false) -> Creation {
    Creation(.sample(number), targetName: "user\(number)", at: FixedClock.start, isByFile: isByFile)
  }

  @Test(
    "a run does not make those that a file makes, nor a file those that a run has made, or was making, since the listing"
  )
  func exclusion() async throws {
    try await book.begin(creation(1))
    try await book.begin(creation(2))
    await book.leave(.sample(2))
    await book.open()
    await book.leave(.sample(1))
    try await book.begin(creation(3))
    await book.leave(.sample(3))
    let file = (1...4).map { creation($0, isByFile: true) }
    #expect(try await book.begin(file: file) == [.sample(2), .sample(4)])
    await #expect(throws: Failure.self) { try await book.begin(creation(4)) }
    try await book.begin(creation(5))
  }

  @Test("a name is one object's from before its request until its outcome is recorded, or its person of a file claimed")
  func names() async throws {
    let namesake = Creation(.sample(2), targetName: "USER1", at: FixedClock.start)
    try await book.begin(creation(1))
    await #expect(throws: CreationBook.isBeingGiven(to: .sample(1))) { try await book.begin(namesake) }
    await book.open()
    let file = [Creation(.sample(3), targetName: "user1", at: FixedClock.start, isByFile: true)]
    #expect(try await book.begin(file: file).isEmpty)
    await book.end(.sample(1))
    await book.leave(.sample(1))
    #expect(try await book.begin(file: file) == [.sample(3)])
    await #expect(throws: CreationBook.isBeingGiven(to: .sample(3))) { try await book.begin(namesake) }
    try await book.endFile(mayHaveWorked: true)
    #expect(await book.holder(of: "user1", besides: .sample(2)) == .sample(3))
    await book.end(.sample(3))
    try await book.begin(namesake)
  }

  @Test("who may have come of a file is known by name, also to the next process, until the end is recorded")
  func file() async throws {
    await book.open()
    _ = try await book.begin(file: [creation(1, isByFile: true)])
    #expect(try await state.creations().map(\.object) == [.sample(1)])
    try await book.endFile(mayHaveWorked: true)
    #expect(await book.creation(of: .sample(1))?.targetName == "user1")
    #expect(await book.isStored(.sample(1)))
    let next = CreationBook(state: state)
    try await next.restore(isStoring: true)
    #expect(await next.unfinished(.user) == [.sample(1)])
    await next.end(.sample(1))
    #expect(await next.creation(of: .sample(1)) == nil)
  }

  @Test("a file that was refused has made no person")
  func refused() async throws {
    await book.open()
    _ = try await book.begin(file: [creation(1, isByFile: true)])
    try await book.endFile(mayHaveWorked: false)
    #expect(await book.creation(of: .sample(1)) == nil)
    #expect(try await state.creations().isEmpty)
  }

  @Test("before there is a watermark nothing is stored; with it, what is unfinished is")
  func storing() async throws {
    try await book.restore(isStoring: false)
    try await book.begin(creation(1))
    try await book.begin(creation(2))
    await book.end(.sample(2))
    #expect(try await state.creations().isEmpty)
    try await book.beginStoring()
    try await book.begin(creation(3))
    #expect(try await state.creations().map(\.object) == [.sample(1), .sample(3)])
  }

  @Test("what cannot be stored is not begun")
  func unstored() async throws {
    try await book.restore(isStoring: true)
    state.faults.plan(.record, .unavailable)
    await #expect(throws: Failure.self) { try await book.begin(creation(1)) }
    #expect(await book.creation(of: .sample(1)) == nil)
  }
}
