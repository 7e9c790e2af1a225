import './styles/tokens.css';
import './apps/app';
