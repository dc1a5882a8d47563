import Console
import HTTPTypes
import Hummingbird

/// `/console/sign-in` and `/console/callback`: to the identity provider and back. Both end at the page, which needs no session: the
/// session's cookie does not come along when another site sends the browser here.
struct SignInResource: Sendable {
  let desk: SignInDesk
  let sessions: SessionBook
  let cookies: SessionCookie

  func begin(_ request: Request) -> Answer {
    let (ticket, location) = desk.begin()
    var answer = Self.redirection(location)
    answer.headers[values: .setCookie] = [cookies.settingTicket(ticket.cookie, for: request)]
    return answer
  }

  func finish(_ request: Request) async -> Answer {
    let query = try? QueryItems(request.uri.query)
    var answer: Answer
    var set = [cookies.clearingTicket(for: request)]
    do throws(SignInDesk.Problem) {
      let session = try await desk.finish(
        ticket: cookies.ticket(in: request).flatMap { SignInTicket(cookie: $0) },
        state: query?.value("state"), code: query?.value("code"))
      answer = Self.redirection("./")
      set.append(cookies.setting(sessions.open(session), for: request))
    } catch {
      answer = Self.redirection("./?problem=\(error.rawValue)")
    }
    answer.headers[values: .setCookie] = set
    return answer
  }

  private static func redirection(_ location: String) -> Answer {
    var answer = Answer(.seeOther, headers: ConsolePage.safe)
    answer.headers[.location] = location
    return answer
  }
}
