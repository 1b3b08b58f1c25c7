// A counterparty on QuickFIX C++: acceptor for the interoperation tests, initiator for the bench.
//
//   quickfix-peer ROLE PORT FOLDER DICTIONARY HEARTBEAT MODE [Key=Value ...]
//
// ROLE acceptor: SenderCompID LP, TargetCompID VFXLP; initiator: the other way round. FileStore and FileLog stand in FOLDER.
// MODE talk: a line for every event on stdout; reflect: every application message goes back; quiet: count only.
// Key=Value: further QuickFIX session settings. Commands on stdin, one a line:
//   send N            N application messages, Text(58) m1 ... mN counted since start
//   test ID           TestRequest
//   resend FROM TO    ResendRequest
//   next-out N        the next MsgSeqNum sent
//   next-in N         the next MsgSeqNum expected
//   sequence-reset N  SequenceReset-Reset to N
//   logout TEXT       Logout, and no further logon until `logon`
//   logon             logons are taken again
//   state             prints: state NEXT_IN NEXT_OUT
//   quit
#include <atomic>
#include <fstream>
#include <iostream>
#include <mutex>
#include <quickfix/Application.h>
#include <quickfix/FileLog.h>
#include <quickfix/FileStore.h>
#include <quickfix/Message.h>
#include <quickfix/Session.h>
#include <quickfix/SessionSettings.h>
#include <quickfix/SocketAcceptor.h>
#include <quickfix/SocketInitiator.h>
#include <quickfix/fix44/ResendRequest.h>
#include <quickfix/fix44/SequenceReset.h>
#include <quickfix/fix44/TestRequest.h>
#include <quickfix/fix44/TradingSessionStatus.h>
#include <sstream>
#include <string>

namespace {

std::mutex out;
void say(const std::string &line) {
  std::lock_guard<std::mutex> lock(out);
  std::cout << line << std::endl;
}

std::string field(const FIX::FieldMap &map, int tag) { return map.isSetField(tag) ? map.getField(tag) : "-"; }

std::string describe(const FIX::Message &message) {
  const FIX::Header &header = message.getHeader();
  return field(header, 35) + " " + field(header, 34) + " " + field(header, 43) + " " + field(message, 58);
}

enum class Mode { talk, reflect, quiet };

class Peer : public FIX::Application {
public:
  explicit Peer(Mode mode) : mode(mode) {}
  void onCreate(const FIX::SessionID &) override {}
  void onLogon(const FIX::SessionID &) override { say("logon"); }
  void onLogout(const FIX::SessionID &) override { say("logout"); }
  void toAdmin(FIX::Message &message, const FIX::SessionID &) override {
    if (mode == Mode::talk) say("sent " + describe(message));
  }
  void toApp(FIX::Message &, const FIX::SessionID &) throw(FIX::DoNotSend) override {}
  void fromAdmin(const FIX::Message &message, const FIX::SessionID &) throw(FIX::FieldNotFound, FIX::IncorrectDataFormat,
                                                                           FIX::IncorrectTagValue, FIX::RejectLogon) override {
    if (mode != Mode::talk) return;
    const std::string type = field(message.getHeader(), 35);
    const std::string extra = type == "0" || type == "1" ? " " + field(message, 112)
                              : type == "2"              ? " " + field(message, 7) + "-" + field(message, 16)
                              : type == "A"              ? " " + field(message, 141)
                                                         : "";
    say("admin " + describe(message) + extra);
  }
  void fromApp(const FIX::Message &message, const FIX::SessionID &session) throw(FIX::FieldNotFound, FIX::IncorrectDataFormat,
                                                                                FIX::IncorrectTagValue,
                                                                                FIX::UnsupportedMessageType) override {
    if (mode == Mode::talk) say("app " + describe(message));
    if (mode == Mode::reflect) {
      FIX::Message copy(message);
      FIX::Session::sendToTarget(copy, session);
    }
  }

private:
  const Mode mode;
};

void command(const std::string &line, const FIX::SessionID &id, long &sent) {
  std::istringstream words(line);
  std::string verb;
  words >> verb;
  FIX::Session *session = FIX::Session::lookupSession(id);
  if (verb == "send") {
    long count = 0;
    words >> count;
    for (long i = 0; i < count; i++) {
      FIX44::TradingSessionStatus message;
      message.setField(336, "FX");
      message.setField(340, "2");
      message.setField(58, "m" + std::to_string(++sent));
      FIX::Session::sendToTarget(message, id);
    }
  } else if (verb == "test") {
    std::string testId;
    words >> testId;
    FIX44::TestRequest message;
    message.setField(112, testId);
    FIX::Session::sendToTarget(message, id);
  } else if (verb == "resend") {
    std::string from, to;
    words >> from >> to;
    FIX44::ResendRequest message;
    message.setField(7, from);
    message.setField(16, to);
    FIX::Session::sendToTarget(message, id);
  } else if (verb == "next-out" || verb == "next-in") {
    int number = 1;
    words >> number;
    if (verb == "next-out") session->setNextSenderMsgSeqNum(number);
    else session->setNextTargetMsgSeqNum(number);
  } else if (verb == "sequence-reset") {
    int number = 1;
    words >> number;
    FIX44::SequenceReset message;
    message.setField(36, std::to_string(number));
    FIX::Session::sendToTarget(message, id);
    session->setNextSenderMsgSeqNum(number);
  } else if (verb == "logout") {
    std::string text;
    std::getline(words >> std::ws, text);
    session->logout(text);
  } else if (verb == "logon") {
    session->logon();
  } else if (verb == "state") {
    say("state " + std::to_string(session->getExpectedTargetNum()) + " " + std::to_string(session->getExpectedSenderNum()));
  } else {
    say("unknown command: " + line);
  }
}

} // namespace

int main(int argc, char **argv) {
  if (argc < 7) {
    std::cerr << "usage: quickfix-peer acceptor|initiator PORT FOLDER DICTIONARY HEARTBEAT talk|reflect|quiet [Key=Value ...]\n";
    return 2;
  }
  const bool acceptor = std::string(argv[1]) == "acceptor";
  const std::string modeName = argv[6];
  const Mode mode = modeName == "talk" ? Mode::talk : modeName == "reflect" ? Mode::reflect : Mode::quiet;
  const std::string own = acceptor ? "LP" : "VFXLP";
  const std::string other = acceptor ? "VFXLP" : "LP";
  std::ostringstream text;
  text << "[DEFAULT]\nConnectionType=" << argv[1] << "\nStartTime=00:00:00\nEndTime=00:00:00\nReconnectInterval=1\nSocketNodelay=Y\n"
       << "FileStorePath=" << argv[3] << "/store\nFileLogPath=" << argv[3] << "/log\n"
       << "UseDataDictionary=Y\nDataDictionary=" << argv[4] << "\nHeartBtInt=" << argv[5] << "\n";
  if (acceptor) text << "SocketAcceptPort=" << argv[2] << "\nSocketReuseAddress=Y\n";
  else text << "SocketConnectHost=127.0.0.1\nSocketConnectPort=" << argv[2] << "\n";
  for (int i = 7; i < argc; i++) text << argv[i] << "\n";
  text << "[SESSION]\nBeginString=FIX.4.4\nSenderCompID=" << own << "\nTargetCompID=" << other << "\n";
  try {
    std::istringstream stream(text.str());
    FIX::SessionSettings settings(stream);
    Peer application(mode);
    FIX::FileStoreFactory store(settings);
    FIX::FileLogFactory log(settings);
    const FIX::SessionID id("FIX.4.4", own, other);
    const auto serve = [&](auto &connection) {
      connection.start();
      say("ready");
      long sent = 0;
      for (std::string line; std::getline(std::cin, line) && line != "quit";) command(line, id, sent);
      connection.stop(true);
    };
    if (acceptor) {
      FIX::SocketAcceptor connection(application, store, settings, log);
      serve(connection);
    } else {
      FIX::SocketInitiator connection(application, store, settings, log);
      serve(connection);
    }
  } catch (const std::exception &error) {
    std::cerr << error.what() << std::endl;
    return 1;
  }
  return 0;
}
