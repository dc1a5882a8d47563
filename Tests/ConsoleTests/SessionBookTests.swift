import Synchronization
import TestSupport
import Testing

@testable import Console

@Suite("The sessions of the console")
struct SessionBookTests {
  private let clock = ManualClock()
  private let book: SessionBook
  private let ada = Session(mayOrder: true, name: "Ada", proof: .account)

  init() {
    book = SessionBook(uptime: { [clock] in clock.now.offset })
  }

  private func look(_ id: String, isUse: Bool = true, isValid: Bool = true) -> Session? {
    book.session(id, isUse: isUse, isValid: { _ in isValid })
  }

  @Test("Given a session, its id of 256 random bits opens it, and nothing else does")
  func ids() {
    let id = book.open(ada)
    let other = book.open(ada)
    #expect(id.count == 64)
    #expect(id != other)
    #expect(look(id) == ada)
    #expect(look(String(id.dropLast())) == nil)
    #expect(look("") == nil)
  }

  @Test("Given half an hour without use, the session has ended; what the page reads by itself is no use")
  func idle() {
    let (used, watched) = (book.open(ada), book.open(ada))
    for _ in 0..<4 {
      clock.advance(by: .seconds(20 * 60))
      #expect(look(used) != nil)
      _ = look(watched, isUse: false)
    }
    #expect(look(watched) == nil)
    clock.advance(by: .seconds(30 * 60))
    #expect(look(used) == nil)
  }

  @Test("Given constant use, the session ends after twelve hours all the same")
  func lifetime() {
    let id = book.open(ada)
    for _ in 0..<71 {
      clock.advance(by: .seconds(600))
      #expect(look(id) != nil)
    }
    clock.advance(by: .seconds(600))
    #expect(look(id) == nil)
  }

  @Test("Given a proof that does not hold any more, the session has ended for good")
  func proof() {
    let id = book.open(ada)
    #expect(look(id, isValid: false) == nil)
    #expect(look(id) == nil)
  }

  @Test("Given more sessions than there may be, those that were used longest ago end")
  func bound() {
    var limits = SessionBook.Limits()
    limits.count = 2
    let book = SessionBook(limits, uptime: { [clock] in clock.now.offset })
    var ids: [String] = []
    for _ in 0..<3 {
      ids.append(book.open(ada))
      clock.advance(by: .seconds(1))
    }
    #expect(book.count == 2)
    #expect(ids.map { book.session($0, isUse: true, isValid: { _ in true }) != nil } == [false, true, true])
  }

  @Test("Given a session that was closed, it is gone and the others are not")
  func close() {
    let (first, second) = (book.open(ada), book.open(ada))
    book.close(first)
    #expect(look(first) == nil)
    #expect(look(second) != nil)
  }
}
